import { isSpeechError } from '../errors.ts';
import { RELEASE_HEADER } from '../protocol/headers.ts';
import { parseStatedError, parseTranscriptionJson, type Transcription } from '../protocol/transcription.ts';
import type { Ms } from '../units.ts';
import { AnswerBody } from './answer-body.ts';
import type { Clock } from './clock.ts';
import { EventStreamAnswer } from './event-stream-answer.ts';
import { badAnswer, refusal, statedFailure, statedReason } from './refusal.ts';
import { type Attempt, parseRetryAfter } from './retry.ts';

/** What a server's answer says. */
export interface TranscriptionAnswer extends Transcription {
  readonly release?: string;
}

/** How an answer is read. */
export interface AnswerReading {
  /** Named in error messages, which never quote an answer that may hold a transcript. */
  readonly host: string;
  /** The request asked for plain text. */
  readonly isPlainText: boolean;
  /** Told of the text so far while it streams in. */
  readonly onInterim: (text: string) => void;
  readonly clock: Clock;
}

/** Of a refusal's body no more than this is read. */
const REFUSAL_LIMIT_BYTES = 65_536;

/**
 * Reads one answer of a transcription endpoint; its content type decides how.
 *
 * @returns A failure for every status but 2xx and for an answer that is no transcription.
 * @throws What the network throws while the answer comes in.
 */
export async function readTranscriptionAnswer(
  response: Response,
  reading: AnswerReading,
): Promise<Attempt<TranscriptionAnswer>> {
  if (!response.ok) return await readRefusal(response, reading);
  const read = await readText(response, reading);
  if (read.status === 'failed') return read;
  const release = response.headers.get(RELEASE_HEADER);
  return { status: 'done', value: { ...read.value, ...(release === null ? {} : { release }) } };
}

async function readText(response: Response, reading: AnswerReading): Promise<Attempt<Transcription>> {
  const mediaType = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const seen = `${reading.host} answered status ${response.status} with ${mediaType === '' ? 'no content type' : mediaType}`;
  const body = new AnswerBody(response);
  try {
    if (mediaType === 'text/event-stream') return await readStream(body, reading);
    if (mediaType === 'application/json' || mediaType.endsWith('+json')) {
      return readJson(await body.whole(), seen, reading);
    }
    if (mediaType === 'text/plain') return done((await body.whole()).trim());
    if (mediaType === 'text/html' && reading.isPlainText) return readPlainHtml(await body.whole(), seen);
  } catch (thrown) {
    if (!isSpeechError(thrown)) throw thrown;
    body.letGo(reading.clock);
    return badAnswer(`${seen}: ${thrown.message.replace(/\.$/, '')}`);
  }
  body.letGo(reading.clock);
  return badAnswer(`${seen} instead of a transcription`);
}

function done(text: string): Attempt<Transcription> {
  return { status: 'done', value: { text } };
}

/** whisper.cpp calls its plain text HTML; a page begins with a tag. */
function readPlainHtml(text: string, seen: string): Attempt<Transcription> {
  return /^\s*</.test(text) ? badAnswer(`${seen} instead of a transcription`) : done(text.trim());
}

function readJson(body: string, seen: string, { host, isPlainText }: AnswerReading): Attempt<Transcription> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return badAnswer(`${seen}, but it is broken JSON`);
  }
  // A FastAPI server that returns the plain text it was asked for sends it as a JSON string.
  if (typeof value === 'string' && isPlainText) return done(value.trim());
  try {
    const transcription = parseTranscriptionJson(value);
    return { status: 'done', value: { ...transcription, text: transcription.text.trim() } };
  } catch (thrown) {
    const stated = parseStatedError(value);
    if (stated !== undefined) return statedFailure(stated, host, false);
    throw thrown;
  }
}

async function readStream(body: AnswerBody, reading: AnswerReading): Promise<Attempt<Transcription>> {
  const answer = new EventStreamAnswer(reading);
  const pieces = body.pieces();
  while (answer.outcome === undefined) {
    const { done, value } = await pieces.next();
    if (done === true) return answer.end();
    answer.push(value);
  }
  body.letGo(reading.clock);
  return answer.outcome;
}

async function readRefusal(response: Response, { host, clock }: AnswerReading): Promise<Attempt<TranscriptionAnswer>> {
  const retryAfterMs: Ms | undefined = parseRetryAfter(response.headers.get('retry-after'), clock.unixNow());
  const body = await new AnswerBody(response, REFUSAL_LIMIT_BYTES).whole().catch(() => '');
  return refusal(response.status, statedReason(body), host, retryAfterMs);
}
