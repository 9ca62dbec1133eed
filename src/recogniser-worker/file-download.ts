import { SpeechError } from '../errors.ts';
import type { Ms } from '../units.ts';

/** Silence on the line after which a download is given up; a slow line keeps it going as long as bytes arrive. */
export const STALL_MS: Ms = 30_000;

/** What a download needs from its surroundings. */
export interface DownloadOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly stallMs: Ms;
}

/** Where an earlier download of the same file broke off. */
export interface ResumePoint {
  /** Bytes that are here already, above 0. */
  readonly fromByte: number;
  /** Strong ETag or date of the version they are of; undefined when the server told none. */
  readonly validator: string | undefined;
}

/** Takes what a download brings. */
export interface DownloadSink {
  /**
   * The answer began.
   *
   * @param fromByte Where its first byte belongs: 0 when the server sends the file from its start.
   * @param validator Tells whether a later request is for the same version; undefined where that cannot be told.
   */
  begin(fromByte: number, validator: string | undefined): void;
  /** Takes the next bytes; false when nothing more is wanted. */
  take(piece: Uint8Array): boolean;
}

/**
 * Fetches a file, or the rest of one.
 *
 * A server without ranges, or with another version by now, sends all of it: the sink is told.
 *
 * @throws SpeechError `recogniser` when the server cannot be reached, refuses, or falls silent for `stallMs`.
 * Source: RFC 9110, sections 13.1.5 (If-Range) and 14 (range requests).
 */
export async function fetchFile(
  url: string,
  options: DownloadOptions,
  sink: DownloadSink,
  resume?: ResumePoint,
): Promise<void> {
  const stall = new AbortController();
  const giveUp = () => stall.abort(new Error(`nothing arrived for ${options.stallMs / 1000} s`));
  let timer = setTimeout(giveUp, options.stallMs);
  try {
    const response = await options.fetch(url, { ...requestFor(resume), signal: stall.signal });
    const fromByte = firstByteOf(response, resume);
    if (fromByte === undefined) {
      void response.body?.cancel().catch(() => undefined);
      // The file is shorter than what is here, or the answer begins elsewhere: from the start, then.
      if (resume !== undefined) return await fetchFile(url, options, sink);
      throw new SpeechError(
        'recogniser',
        `${url} answered ${response.status}. Check that the model's files are served there.`,
      );
    }
    sink.begin(fromByte, validatorOf(response));
    const reader = response.body?.getReader();
    for (;;) {
      // Read by hand: not every browser lets a stream be looped over.
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(giveUp, options.stallMs);
      if (!sink.take(value)) return void reader?.cancel().catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof SpeechError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SpeechError('recogniser', `${url} could not be downloaded: ${why}. Check the connection and try again.`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Fetches a small file whole. @throws As {@link fetchFile}. */
export async function downloadFile(url: string, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  await fetchFile(url, options, { begin: () => undefined, take: (piece) => pieces.push(piece) > 0 });
  return joinedBytes(pieces);
}

/** Pieces put together; copied. */
export function joinedBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

function requestFor(resume: ResumePoint | undefined): RequestInit {
  // The browser asks the server whether its copy is still right: a stale one would fail the checksum for ever.
  if (resume === undefined) return { cache: 'no-cache' };
  const { fromByte, validator } = resume;
  const condition = validator === undefined ? {} : { 'If-Range': validator };
  return { cache: 'no-store', headers: { Range: `bytes=${fromByte}-`, ...condition } };
}

/** Where the answer's first byte belongs; undefined for an answer that is of no use. */
function firstByteOf(response: Response, resume: ResumePoint | undefined): number | undefined {
  if (response.status === 206 && resume !== undefined) {
    // Another origin may hide the header; a wrong guess is found by the checksum.
    const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
    return start === undefined || Number(start) === resume.fromByte ? resume.fromByte : undefined;
  }
  return response.ok && response.status !== 206 ? 0 : undefined;
}

/** Undefined for weak ETags, which If-Range must not name, and for encoded bodies, whose ranges count other bytes. */
function validatorOf({ headers }: Response): string | undefined {
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return undefined;
  const etag = headers.get('etag');
  if (etag?.startsWith('"')) return etag;
  return headers.get('last-modified') ?? undefined;
}
