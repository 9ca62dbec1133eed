import { isSpeechError, SpeechError } from '../errors.ts';
import type { DeliverySettings } from '../protocol/delivery-messages.ts';
import type { Ms } from '../units.ts';
import type { CircuitBreaker, CircuitOutcome } from './circuit-breaker.ts';
import { encodeClip } from './clip-encoding.ts';
import { withDeadline } from './deadline.ts';
import type { DeliveryEnvironment } from './environment.ts';
import { encodeMultipart, type MultipartBody } from './multipart.ts';
import type { Clip, Prediction, Predictor } from './predictor.ts';
import { checkSettings, formFields, requestHeaders } from './request-form.ts';
import { type Attempt, retry } from './retry.ts';
import type { TokenSource } from './token-source.ts';
import { readTranscriptionAnswer, type TranscriptionAnswer } from './transcription-answer.ts';

/** What a client shares with the ones before it. */
export interface ServerLinks {
  readonly tokens?: TokenSource | undefined;
  readonly circuit?: CircuitBreaker | undefined;
}

/** One clip under way. */
interface Sending {
  readonly clip: Clip;
  readonly body: MultipartBody;
  readonly deadlineAt: Ms;
  readonly signal: AbortSignal;
  /** What is waited for, to be named when the deadline comes. */
  waitsFor: 'token' | 'server';
}

/** An answer, and whether the server refused the token (401) rather than the request. */
interface Exchange {
  readonly attempt: Attempt<TranscriptionAnswer>;
  readonly isTokenRefused: boolean;
}

/** Recognises clips on an OpenAI-compatible server: `POST` of an audio file, repeated while it may help. */
export class PredictionClient implements Predictor {
  readonly #settings: DeliverySettings;
  readonly #environment: DeliveryEnvironment;
  readonly #links: ServerLinks;
  readonly #host: string;
  /** The last failure that spoke against the server, to be told while it is left alone. */
  #lastFailure: SpeechError | undefined;

  /** @throws TypeError when the endpoint is no absolute http(s) URL or a header is malformed; RangeError for numbers. */
  constructor(settings: DeliverySettings, environment: DeliveryEnvironment, links: ServerLinks = {}) {
    this.#settings = settings;
    this.#environment = environment;
    this.#links = links;
    this.#host = checkSettings(settings).host;
  }

  async predict(clip: Clip, signal: AbortSignal): Promise<Prediction> {
    const { clock, random } = this.#environment;
    const { deadlineMs, retryCount } = this.#settings;
    const startedAt = clock.now();
    const deadlineAt = startedAt + deadlineMs;
    let encodedAt = startedAt;
    let sending: Sending | undefined;
    const answer = await withDeadline(
      deadlineMs,
      clock,
      signal,
      () => this.#expired(sending?.waitsFor),
      async (either) => {
        const body = await this.#encode(clip, either);
        encodedAt = clock.now();
        const begun: Sending = { clip, body, deadlineAt, signal: either, waitsFor: 'server' };
        sending = begun;
        return await retry(() => this.#attempt(begun), { retryCount, deadlineAt, clock, random, signal: either });
      },
    );
    return { ...answer, place: 'server', encodeMs: encodedAt - startedAt, predictMs: clock.now() - encodedAt };
  }

  /** The boundary follows from the key: what is sent again under one key is the same, byte by byte. */
  async #encode(clip: Clip, signal: AbortSignal): Promise<MultipartBody> {
    const file = await encodeClip(clip.pcm16, this.#settings.encoding, signal);
    return encodeMultipart(formFields(this.#settings), { name: 'file', ...file }, `ossicle-${clip.idempotencyKey}`);
  }

  async #attempt(sending: Sending): Promise<Attempt<TranscriptionAnswer>> {
    const token = await this.#token(sending);
    const pass = this.#links.circuit?.pass();
    if (this.#links.circuit !== undefined && pass === undefined) return this.#leftAlone();
    try {
      const { attempt } = await this.#exchangeWithToken(sending, token);
      pass?.(this.#judge(attempt));
      return this.#withRest(attempt);
    } catch (thrown) {
      // A deadline that passed in silence speaks against the server; a caller who left does not.
      pass?.(isSpeechError(sending.signal.reason) && sending.waitsFor === 'server' ? 'failed' : 'given-up');
      throw thrown;
    }
  }

  async #exchangeWithToken(sending: Sending, token: string | undefined): Promise<Exchange> {
    const exchange = await this.#exchange(sending, token);
    if (!exchange.isTokenRefused || token === undefined) return exchange;
    // It may only have expired: the page is asked once more.
    this.#links.tokens?.refused(token);
    return await this.#exchange(sending, await this.#token(sending));
  }

  async #exchange(sending: Sending, token: string | undefined): Promise<Exchange> {
    let response: Response;
    try {
      response = await this.#send(sending, token);
      const { clip } = sending;
      const attempt = await readTranscriptionAnswer(response, {
        host: this.#host,
        isPlainText: this.#settings.responseFormat === 'text',
        onInterim: (text) => clip.onInterim?.(text),
        clock: this.#environment.clock,
      });
      return { attempt, isTokenRefused: response.status === 401 };
    } catch (thrown) {
      sending.signal.throwIfAborted();
      return { attempt: this.#unreached(thrown), isTokenRefused: false };
    }
  }

  async #send({ clip, body, deadlineAt, signal }: Sending, token: string | undefined): Promise<Response> {
    const { fetch, clock, isOnline } = this.#environment;
    const headers = requestHeaders(this.#settings, {
      contentType: body.contentType,
      idempotencyKey: clip.idempotencyKey,
      contract: clip.contract,
      remainingMs: deadlineAt - clock.now(),
      token,
    });
    try {
      const response = await fetch(this.#settings.endpoint, {
        method: 'POST',
        headers,
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

  async #token(sending: Sending): Promise<string | undefined> {
    if (this.#links.tokens === undefined) return undefined;
    sending.waitsFor = 'token';
    const token = await this.#links.tokens.token(sending.signal);
    sending.waitsFor = 'server';
    return token;
  }

  #judge(attempt: Attempt<TranscriptionAnswer>): CircuitOutcome {
    if (attempt.status === 'done') return 'answered';
    if (attempt.error.code === 'offline') return 'given-up';
    if (!attempt.mayPass) return 'answered';
    this.#lastFailure = attempt.error;
    return 'failed';
  }

  /** The circuit is open: this request does not go out. */
  #leftAlone(): Attempt<TranscriptionAnswer> {
    const restMs = this.#links.circuit?.restMs;
    const until = restMs === undefined ? 'one request is answered' : `${Math.ceil(restMs / 1000)} s have passed`;
    const message = `${this.#host} failed several times in a row and is left alone until ${until}. Send the speech again then.`;
    const error = new SpeechError(this.#lastFailure?.code ?? 'unreachable', message, { cause: this.#lastFailure });
    return this.#withRest({ status: 'failed', error, mayPass: true });
  }

  /** While the server is left alone, whoever has another recogniser turns to it at once; others wait if there is time. */
  #withRest(attempt: Attempt<TranscriptionAnswer>): Attempt<TranscriptionAnswer> {
    const { circuit } = this.#links;
    if (attempt.status === 'done' || !attempt.mayPass || circuit === undefined) return attempt;
    if (circuit.state.phase === 'closed') return attempt;
    if (this.#settings.predict === 'server-then-device') {
      return { status: 'failed', error: attempt.error, mayPass: false };
    }
    return { ...attempt, retryAfterMs: Math.max(attempt.retryAfterMs ?? 0, circuit.restMs ?? 0) };
  }

  /** fetch rejects alike for a refused connection, a failed lookup, a CORS refusal and a cut answer. */
  #unreached(cause: unknown): Attempt<TranscriptionAnswer> {
    if (isSpeechError(cause)) return { status: 'failed', error: cause, mayPass: false };
    if (!this.#environment.isOnline()) {
      const message = `The device is offline, so the speech did not reach ${this.#host}. Send it again once online.`;
      return { status: 'failed', error: new SpeechError('offline', message, { cause }), mayPass: false };
    }
    const message =
      `${this.#host} could not be reached, or the connection broke. ` +
      'Check that the server runs and admits this page, then send the speech again.';
    return { status: 'failed', error: new SpeechError('unreachable', message, { cause }), mayPass: true };
  }

  #expired(waitedFor: Sending['waitsFor'] | undefined): SpeechError {
    const within = `within ${this.#settings.deadlineMs / 1000} s`;
    return waitedFor === 'token'
      ? new SpeechError('timeout', `getToken() gave no token ${within}, so the speech was not sent.`)
      : new SpeechError('timeout', `${this.#host} gave no answer ${within}. Send the speech again.`);
  }
}
