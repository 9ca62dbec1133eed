import { SpeechError } from '../errors.ts';
import { parseStatedError, type StatedError } from '../protocol/transcription.ts';
import type { Ms } from '../units.ts';
import type { Attempt } from './retry.ts';

/** A server's own words are quoted up to here in a message. */
const QUOTE_LIMIT_CHARACTERS = 200;

/** An attempt that failed. */
export type Failure = Exclude<Attempt<never>, { readonly status: 'done' }>;

/** True for statuses after which the same request may succeed later. */
export function mayPass(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * The failure behind a status of 400 or more.
 *
 * @param stated What the server says about it; quoted only where it cannot repeat a key.
 */
export function refusal(
  status: number,
  stated: string | undefined,
  host: string,
  retryAfterMs: Ms | undefined,
): Failure {
  const error = refusalError(status, stated, host);
  if (!mayPass(status)) return { status: 'failed', error, mayPass: false };
  return { status: 'failed', error, mayPass: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The failure that a server tells inside an answer whose status said that all is well. */
export function statedFailure({ message, status }: StatedError, host: string, isStream: boolean): Failure {
  if (status !== undefined) return refusal(status, message, host, undefined);
  const error = new SpeechError(
    'server',
    `${host} failed${reason(message)}. Send the speech again, or look into its log.`,
  );
  // A stream breaks off for want of luck or memory; an answer that was an error from the start stays one.
  return isStream ? { status: 'failed', error, mayPass: true } : { status: 'failed', error, mayPass: false };
}

/** The failure of an answer that is no transcription. @param seen What was seen, as a sentence without its end. */
export function badAnswer(seen: string): Failure {
  const message = `${seen}. Check that the endpoint is the full URL of a transcription API.`;
  return { status: 'failed', error: new SpeechError('bad-answer', message), mayPass: false };
}

/** What the body of a refusal says, if it can be read. */
export function statedReason(body: string): string | undefined {
  try {
    return parseStatedError(JSON.parse(body))?.message;
  } catch {
    return undefined;
  }
}

function refusalError(status: number, stated: string | undefined, host: string): SpeechError {
  if (status === 401 || status === 403) {
    // The server's own words are left out: some quote the key.
    return new SpeechError('unauthorised', `${host} refused the key or token (status ${status}). Check the headers.`);
  }
  if (status === 408 || status === 504) {
    return new SpeechError('timeout', `${host} did not finish in time (status ${status}). Send the speech again.`);
  }
  if (status === 425 || status === 429 || status === 503) {
    return new SpeechError('busy', `${host} is too busy (status ${status}). Send the speech again in a while.`);
  }
  if (status >= 500) {
    return new SpeechError('server', `${host} failed (status ${status}). Send the speech again, or look into its log.`);
  }
  return new SpeechError(
    'rejected',
    `${host} refused the request (status ${status})${reason(stated)}. Check endpoint, model and language.`,
  );
}

function reason(stated: string | undefined): string {
  if (stated === undefined) return '';
  return `: ${stated.slice(0, QUOTE_LIMIT_CHARACTERS).replace(/[\s.]+$/, '')}`;
}
