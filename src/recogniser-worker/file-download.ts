import { SpeechError } from '../errors.ts';
import type { Ms } from '../units.ts';

/** Silence on the line after which a download is given up; a slow line keeps it going as long as bytes arrive. */
export const STALL_MS: Ms = 30_000;

/** What a download needs from its surroundings. */
export interface DownloadOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly stallMs: Ms;
}

/**
 * Fetches a file.
 *
 * @param onBytes Told the size of every piece as it arrives.
 * @throws SpeechError `recogniser` when the server cannot be reached, refuses, or falls silent for `stallMs`.
 */
export async function downloadFile(
  url: string,
  options: DownloadOptions,
  onBytes: (byteCount: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const stall = new AbortController();
  const giveUp = () => stall.abort(new Error(`nothing arrived for ${options.stallMs / 1000} s`));
  let timer = setTimeout(giveUp, options.stallMs);
  try {
    // The browser asks the server whether its copy is still right: a stale one would fail the checksum for ever.
    const response = await options.fetch(url, { cache: 'no-cache', signal: stall.signal });
    if (!response.ok) {
      throw new SpeechError(
        'recogniser',
        `${url} answered ${response.status}. Check that the model's files are served there.`,
      );
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(response)) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, options.stallMs);
      pieces.push(piece);
      onBytes(piece.length);
    }
    return joined(pieces);
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

/** The body's pieces. Read by hand: not every browser lets a stream be looped over. */
async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
