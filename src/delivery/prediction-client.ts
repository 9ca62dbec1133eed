import { encodeWavPcm16 } from '../dsp/wav.ts';
import { SpeechError } from '../errors.ts';
import type { DeliverySettings } from '../protocol/delivery-messages.ts';
import {
  CLIP_CONTRACT_HEADER,
  CLIP_CONTRACT_VERSION,
  DEADLINE_HEADER,
  IDEMPOTENCY_KEY_HEADER,
} from '../protocol/headers.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { Ms } from '../units.ts';
import { withDeadline } from './deadline.ts';
import type { DeliveryEnvironment } from './environment.ts';
import { encodeMultipart, type MultipartBody } from './multipart.ts';
import type { Clip, Prediction, Predictor } from './predictor.ts';
import { type Attempt, retry } from './retry.ts';
import { readTranscriptionAnswer, type TranscriptionAnswer } from './transcription-answer.ts';

/** An hour: timers overflow after 24 days and would fire at once. */
const DEADLINE_LIMIT_MS: Ms = 3_600_000;

/** Recognises clips on an OpenAI-compatible server: `POST` of a WAV file, repeated while it may help. */
export class PredictionClient implements Predictor {
  readonly #settings: DeliverySettings;
  readonly #environment: DeliveryEnvironment;
  readonly #host: string;

  /** @throws TypeError when the endpoint is no absolute http(s) URL or a header is malformed; RangeError for numbers. */
  constructor(settings: DeliverySettings, environment: DeliveryEnvironment) {
    this.#settings = settings;
    this.#environment = environment;
    this.#host = hostOf(settings.endpoint);
    new Headers(settings.headers);
    if (!(settings.deadlineMs > 0 && settings.deadlineMs <= DEADLINE_LIMIT_MS)) {
      throw new RangeError(
        `deadlineMs must be above 0 and at most ${DEADLINE_LIMIT_MS}, but is ${settings.deadlineMs}.`,
      );
    }
    if (!Number.isInteger(settings.retryCount) || settings.retryCount < 0) {
      throw new RangeError(`retryCount must be a whole number, 0 or more, but is ${settings.retryCount}.`);
    }
  }

  async predict(clip: Clip, signal: AbortSignal): Promise<Prediction> {
    const { clock, random } = this.#environment;
    const { deadlineMs, retryCount } = this.#settings;
    const startedAt = clock.now();
    const body = this.#encode(clip.pcm16);
    const encodedAt = clock.now();
    const deadlineAt = startedAt + deadlineMs;
    const answer = await withDeadline(
      deadlineMs,
      clock,
      signal,
      () => this.#expired(),
      (either) =>
        retry(() => this.#attempt(clip, body, deadlineAt, either), {
          retryCount,
          deadlineAt,
          clock,
          random,
          signal: either,
        }),
    );
    return { ...answer, place: 'server', encodeMs: encodedAt - startedAt, predictMs: clock.now() - encodedAt };
  }

  #encode(pcm16: Int16Array): MultipartBody {
    const { model, language } = this.#settings;
    return encodeMultipart(
      { model, language, response_format: 'json' },
      {
        name: 'file',
        fileName: 'speech.wav',
        contentType: 'audio/wav',
        content: encodeWavPcm16(pcm16, SEGMENT_RATE_HZ),
      },
      `ossicle-${this.#environment.randomUuid()}`,
    );
  }

  async #attempt(
    clip: Clip,
    body: MultipartBody,
    deadlineAt: Ms,
    signal: AbortSignal,
  ): Promise<Attempt<TranscriptionAnswer>> {
    let response: Response;
    let answer: string;
    try {
      response = await this.#send(clip, body, deadlineAt, signal);
      answer = await response.text();
    } catch (thrown) {
      signal.throwIfAborted();
      return this.#unreached(thrown);
    }
    return readTranscriptionAnswer(response, answer, this.#host, this.#environment.clock.unixNow());
  }

  async #send(clip: Clip, body: MultipartBody, deadlineAt: Ms, signal: AbortSignal): Promise<Response> {
    const { fetch, clock, isOnline } = this.#environment;
    try {
      const response = await fetch(this.#settings.endpoint, {
        method: 'POST',
        headers: this.#headers(clip, body, deadlineAt - clock.now()),
        body: body.bytes,
        cache: 'no-store',
        signal,
      });
      clip.onSent(body.bytes.length);
      return response;
    } catch (thrown) {
      // Nobody tells how much of a broken request went out: all of it is counted unless there was no network.
      if (signal.aborted || isOnline()) clip.onSent(body.bytes.length);
      throw thrown;
    }
  }

  #headers(clip: Clip, body: MultipartBody, remainingMs: Ms): Headers {
    const headers = new Headers(this.#settings.headers);
    headers.set('content-type', body.contentType);
    headers.set('accept', 'application/json, text/plain;q=0.9');
    if (this.#settings.server === 'ossicle') {
      headers.set(IDEMPOTENCY_KEY_HEADER, clip.idempotencyKey);
      headers.set(CLIP_CONTRACT_HEADER, CLIP_CONTRACT_VERSION);
      headers.set(DEADLINE_HEADER, String(Math.max(1, Math.ceil(remainingMs))));
    }
    return headers;
  }

  /** fetch rejects alike for a refused connection, a failed lookup, a CORS refusal and a cut answer. */
  #unreached(cause: unknown): Attempt<TranscriptionAnswer> {
    if (!this.#environment.isOnline()) {
      const message = `The device is offline, so the speech did not reach ${this.#host}. Send it again once online.`;
      return { status: 'failed', error: new SpeechError('offline', message, { cause }), mayPass: false };
    }
    const message =
      `${this.#host} could not be reached, or the connection broke. ` +
      'Check that the server runs and admits this page, then send the speech again.';
    return { status: 'failed', error: new SpeechError('unreachable', message, { cause }), mayPass: true };
  }

  #expired(): SpeechError {
    return new SpeechError(
      'timeout',
      `${this.#host} gave no answer within ${this.#settings.deadlineMs / 1000} s. Send the speech again.`,
    );
  }
}

function hostOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new TypeError(`The endpoint must be an absolute http or https URL, but is "${endpoint}".`);
  }
  return url.host;
}
