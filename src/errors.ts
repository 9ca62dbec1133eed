/** What went wrong, as a closed set that callers can switch on. */
export type SpeechErrorCode =
  /** The user or the browser refused the microphone. */
  | 'denied'
  /** The page's permissions policy (an iframe without `allow="microphone"`) forbids the microphone. */
  | 'policy'
  /** The page is not a secure context, so the browser offers no microphone. */
  | 'insecure'
  /** No microphone is connected. */
  | 'no-device'
  /** Another program holds the microphone. */
  | 'in-use'
  /** The microphone went away while listening. */
  | 'lost'
  /** The microphone is live but delivers digital silence only. */
  | 'silent'
  /** Audio frames arrive slower than the clock. */
  | 'starved'
  /** The browser lacks AudioWorklet, WebAssembly SIMD or another part that listening needs. */
  | 'unsupported'
  /** A part of Ossicle (worklet, kernel, worker) could not be fetched or started. */
  | 'assets'
  /** The device says that it is offline. */
  | 'offline'
  /** The server could not be reached. */
  | 'unreachable'
  /** No answer within the deadline. */
  | 'timeout'
  /** The server answered that it is too busy (429, 503). */
  | 'busy'
  /** The server refused the key or token (401, 403). */
  | 'unauthorised'
  /** The server refused the request (another 4xx). */
  | 'rejected'
  /** The server failed (5xx). */
  | 'server'
  /** The server's answer is not a transcription: HTML, broken JSON, an unknown shape. */
  | 'bad-answer'
  /** The on-device recogniser could not be loaded or run. */
  | 'recogniser'
  /** A defect in Ossicle. */
  | 'internal';

/**
 * The one error class of the pipeline: what happened, in words, with a code to switch on.
 *
 * Errors lose their `code` when they cross a thread; messages between threads carry `{ code, message }` and the
 * receiver rebuilds the error with this constructor.
 */
export class SpeechError extends Error {
  readonly code: SpeechErrorCode;

  constructor(code: SpeechErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SpeechError';
    this.code = code;
  }
}

/** True for a {@link SpeechError}, also one made by another copy of this module. */
export function isSpeechError(value: unknown): value is SpeechError {
  return value instanceof Error && value.name === 'SpeechError' && 'code' in value;
}

/** A {@link SpeechError} for anything thrown: itself when it is one, else wrapped with `code`. */
export function toSpeechError(thrown: unknown, code: SpeechErrorCode): SpeechError {
  if (isSpeechError(thrown)) return thrown;
  return new SpeechError(code, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
