import { MAX_FILE_BYTES } from './audio-limits.ts';
import type { BodyIntake } from './body-intake.ts';
import { RefusedRequest } from './openai-error.ts';

/** What the form may hold besides the file. */
const FORM_OVERHEAD_BYTES: number = 64 * 1024;
const MAX_BODY_BYTES: number = MAX_FILE_BYTES + FORM_OVERHEAD_BYTES;
/** A minute of speech as the front end sends it, with room. */
const LET_ARRIVE_BYTES: number = 2 * 1024 * 1024;
/** What holding a part takes besides its bytes: a body may come in parts of one byte. */
const PART_OVERHEAD_BYTES = 256;

/**
 * Reads a `multipart/form-data` body, which may not outgrow the file limit.
 *
 * @throws RefusedRequest 415 for another content type, 413 for a body too large, 429 when too much arrives at once, 400
 *   for a broken form; the signal's reason when it is aborted, as when the client went away.
 */
export async function readForm(request: Request, intake: BodyIntake, signal: AbortSignal): Promise<FormData> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new RefusedRequest({
      status: 415,
      message: `Send the audio as multipart/form-data with a field "file"; the content type was ${contentType === '' ? 'missing' : JSON.stringify(contentType.slice(0, 100))}.`,
      code: 'unsupported_content_type',
    });
  }
  const body = await readBody(request, intake, signal);
  try {
    return await new Response(body, { headers: { 'Content-Type': contentType } }).formData();
  } catch {
    throw new RefusedRequest({
      status: 400,
      message: 'The multipart form cannot be read: check its boundary and its parts.',
      code: 'invalid_form',
    });
  }
}

/**
 * Reads a body, which may not outgrow the file limit.
 *
 * @param intake Bounds it together with all other bodies that are being read.
 * @throws RefusedRequest 413 for a body too large, 429 when too much arrives at once; the signal's reason when it is
 *   aborted.
 */
export async function readBody(
  request: Request,
  intake: BodyIntake,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const stated = Number(request.headers.get('content-length') ?? 0);
  if (stated > MAX_BODY_BYTES) throw bodyTooLarge();
  let parts: Uint8Array[] = [];
  let byteCount = 0;
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const cancel = (): void => {
    parts = [];
    void reader.cancel().catch(() => {});
  };
  let refusal: RefusedRequest | undefined;
  const arriving = intake.open((reason) => {
    refusal = reason;
    cancel();
  });
  // A body that never ends would otherwise hold the request for as long as its client likes.
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      byteCount += next.value.byteLength;
      if (byteCount > MAX_BODY_BYTES) throw bodyTooLarge();
      parts.push(next.value);
      arriving.grew(next.value.byteLength + PART_OVERHEAD_BYTES);
    }
    if (refusal !== undefined) throw refusal;
    signal.throwIfAborted();
  } catch (thrown) {
    cancel();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', cancel);
    arriving.release();
  }
  const body = new Uint8Array(byteCount);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.byteLength;
  }
  return body;
}

/**
 * Lets a body that nobody read arrive, unkept, before its refusal goes out: closing the connection on a client that
 * still sends would break it, and the client would see no refusal but a fault. Larger bodies are not waited for, nor
 * those of unknown length.
 *
 * @param signal Ends the wait.
 */
export async function letArrive(request: Request, signal: AbortSignal): Promise<void> {
  if (request.bodyUsed || request.body === null) return;
  const stated = Number(request.headers.get('content-length') ?? Number.POSITIVE_INFINITY);
  if (!(stated <= LET_ARRIVE_BYTES)) return;
  const reader = request.body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  try {
    while (!(await reader.read()).done);
  } catch {
    // The client went away: nobody is left to hear the refusal.
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** The refusal of a file or a body over the limit. */
export function bodyTooLarge(): RefusedRequest {
  return new RefusedRequest({
    status: 413,
    message: `The audio file is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB. Send a shorter clip.`,
    param: 'file',
    code: 'file_too_large',
  });
}
