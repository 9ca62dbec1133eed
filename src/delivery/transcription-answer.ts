import { isSpeechError, SpeechError } from '../errors.ts';
import { RELEASE_HEADER } from '../protocol/headers.ts';
import { parseErrorBody, parseTranscriptionJson } from '../protocol/transcription.ts';
import type { Ms } from '../units.ts';
import { type Attempt, parseRetryAfter } from './retry.ts';

/** What a server's answer says. */
export interface TranscriptionAnswer {
  readonly text: string;
  readonly confidence?: number;
  readonly release?: string;
}

type Answered = Pick<Response, 'ok' | 'status' | 'headers'>;

/** A server's own words are quoted up to here in a message. */
const QUOTE_LIMIT_CHARACTERS = 200;

/**
 * Reads one answer of a transcription endpoint; its content type decides how.
 *
 * @param response Its status and headers; the body was read into `body`.
 * @param host Named in error messages, which never quote an answer that may hold a transcript.
 * @returns A failure for every status but 2xx and for an answer that is no transcription.
 */
export function readTranscriptionAnswer(
  response: Answered,
  body: string,
  host: string,
  unixNowMs: Ms,
): Attempt<TranscriptionAnswer> {
  return response.ok ? readText(response, body, host) : readRefusal(response, body, host, unixNowMs);
}

function readText(response: Answered, body: string, host: string): Attempt<TranscriptionAnswer> {
  const header = response.headers.get('content-type');
  const mediaType = header?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const release = response.headers.get(RELEASE_HEADER);
  const origin = release === null ? {} : { release };
  if (mediaType === 'text/plain') return { status: 'done', value: { text: body.trim(), ...origin } };
  const seen = `${host} answered status ${response.status} with ${mediaType === '' ? 'no content type' : mediaType}`;
  if (mediaType !== 'application/json' && !mediaType.endsWith('+json')) {
    return badAnswer(`${seen} instead of a transcription. ${CHECK_ENDPOINT}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return badAnswer(`${seen}, but it is broken JSON. ${CHECK_ENDPOINT}`);
  }
  try {
    const { text, confidence } = parseTranscriptionJson(parsed);
    const value = { text: text.trim(), ...(confidence === undefined ? {} : { confidence }), ...origin };
    return { status: 'done', value };
  } catch (thrown) {
    if (!isSpeechError(thrown)) throw thrown;
    return badAnswer(`${seen}: ${thrown.message.slice(0, QUOTE_LIMIT_CHARACTERS)} ${CHECK_ENDPOINT}`);
  }
}

const CHECK_ENDPOINT = 'Check that the endpoint is the full URL of a transcription API.';

function badAnswer(message: string): Attempt<TranscriptionAnswer> {
  return { status: 'failed', error: new SpeechError('bad-answer', message), mayPass: false };
}

function readRefusal(response: Answered, body: string, host: string, unixNowMs: Ms): Attempt<TranscriptionAnswer> {
  const { status } = response;
  const error = refusal(status, body, host);
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) {
    return { status: 'failed', error, mayPass: false };
  }
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), unixNowMs);
  return { status: 'failed', error, mayPass: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function refusal(status: number, body: string, host: string): SpeechError {
  if (status === 401 || status === 403) {
    // The server's own words are left out: some quote the key.
    return new SpeechError('unauthorised', `${host} refused the key or token (status ${status}). Check the headers.`);
  }
  if (status === 408 || status === 504) {
    return new SpeechError('timeout', `${host} did not finish in time (status ${status}). Send the speech again.`);
  }
  if (status === 429 || status === 503) {
    return new SpeechError('busy', `${host} is too busy (status ${status}). Send the speech again in a while.`);
  }
  if (status >= 500) {
    return new SpeechError('server', `${host} failed (status ${status}). Send the speech again, or look into its log.`);
  }
  const stated = statedReason(body);
  const reason = stated === undefined ? '' : `: ${stated.slice(0, QUOTE_LIMIT_CHARACTERS)}`;
  return new SpeechError(
    'rejected',
    `${host} refused the request (status ${status})${reason}. Check endpoint, model and language.`,
  );
}

function statedReason(body: string): string | undefined {
  try {
    return parseErrorBody(JSON.parse(body))?.replace(/[\s.]+$/, '');
  } catch {
    return undefined;
  }
}
