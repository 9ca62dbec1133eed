import { SpeechError, toSpeechError } from '../errors.ts';
import { ClipJoiner, type CutSegment } from '../front-end/clip-joiner.ts';
import type { DeliveryApi, DeliverySettings, FromDeliveryToPage, GetToken } from '../protocol/delivery-messages.ts';
import type { FromOutboxToPage, OutboxSettings, SendReport } from '../protocol/outbox.ts';
import type { InputMetrics, SegmentSpan } from '../protocol/segment.ts';
import type { FromWorkletToDelivery, TakeMessage } from '../protocol/worklet-messages.ts';
import type { Ms } from '../units.ts';
import { DeviceRecogniser } from './device-recogniser.ts';
import { type DeliveryEnvironment, threadEnvironment } from './environment.ts';
import { InterimTexts } from './interim-texts.ts';
import { Outbox } from './outbox.ts';
import type { Clip, Prediction } from './predictor.ts';
import { PredictorChoice } from './predictor-choice.ts';
import {
  EMPTY_LEDGER,
  type LedgerEffect,
  type LedgerInput,
  type Outcome,
  stepLedger,
  type TakeKey,
} from './take-ledger.ts';

/** What the ledger's key stands for: the audio and what is known of it. */
interface Take {
  readonly takeKey: TakeKey;
  /** Number of the worklet port that it came through. */
  readonly link: number;
  readonly queryId: number;
  readonly segmentId: number;
  readonly span: SegmentSpan;
  readonly metrics: InputMetrics;
  readonly clip: Clip;
  sending: AbortController;
  attemptCount: number;
  /** When its end stood. */
  committedAt: Ms;
  readonly joinedSegmentIds: readonly number[];
  /** The segment as it was cut, for the next one to be joined to. */
  readonly cut: CutSegment;
}

/**
 * Brings takes from the worklet to a recogniser and their texts to the page.
 *
 * A take is sent at once; its text is shown when its end stands. Texts come in order within a query, each once;
 * committed segments that failed wait in the outbox. Runs in a worker, or in the page where workers are forbidden.
 */
export class Delivery implements DeliveryApi {
  readonly #environment: DeliveryEnvironment;
  readonly #takes: Map<TakeKey, Take> = new Map();
  readonly #outbox: Outbox;
  readonly #closed: AbortController = new AbortController();
  readonly #interims: InterimTexts = new InterimTexts();
  readonly #predictors: PredictorChoice;
  /** Worklet ports still heard, by their number, oldest first. */
  readonly #links: Map<number, MessagePort> = new Map();
  /** Of these the worklets that stood still: they are heard even when another has taken over. */
  readonly #stillLinks: Set<number> = new Set();
  readonly #joiners: Map<number, ClipJoiner> = new Map();
  #linkCount = 0;
  #ledger = EMPTY_LEDGER;
  #recogniser: DeviceRecogniser | undefined;
  #toPage: MessagePort | undefined;
  #outboxToPage: MessagePort | undefined;

  constructor(environment: DeliveryEnvironment = threadEnvironment()) {
    this.#environment = environment;
    this.#predictors = new PredictorChoice(environment);
    // Before the outbox hears of it, and sends.
    environment.whenOnline(() => this.#predictors.hope(), this.#closed.signal);
    this.#outbox = new Outbox({
      visit: environment.randomUuid(),
      environment,
      predict: (clip, signal) => this.#predict(clip, signal),
      tell: (message: FromOutboxToPage) => this.#outboxToPage?.postMessage(message),
    });
  }

  /** @throws TypeError or RangeError when endpoint, headers, deadline or retry count make no sense. */
  async configure(settings: DeliverySettings, getToken?: GetToken): Promise<void> {
    this.#predictors.configure(settings, getToken);
  }

  /**
   * Takes over from the ports of an earlier call.
   *
   * The earlier worklet is still heard until the new one speaks, so that what it flushed at its end is not lost; takes
   * that it left open are then withdrawn.
   */
  async connect(fromWorklet: MessagePort, toPage: MessagePort): Promise<void> {
    this.#toPage?.close();
    this.#toPage = toPage;
    this.#linkCount++;
    const link = this.#linkCount;
    this.#links.set(link, fromWorklet);
    fromWorklet.addEventListener('message', (event: MessageEvent<FromWorkletToDelivery>) => {
      this.#closeLinksBefore(link);
      this.#hear(event.data, link);
    });
    fromWorklet.start();
  }

  async connectRecogniser(port: MessagePort): Promise<void> {
    this.#recogniser?.close();
    this.#recogniser = new DeviceRecogniser(port, this.#environment.clock);
  }

  async disconnectRecogniser(): Promise<void> {
    this.#recogniser?.close();
    this.#recogniser = undefined;
  }

  async connectOutbox(toPage: MessagePort): Promise<void> {
    this.#outboxToPage?.close();
    this.#outboxToPage = toPage;
    await this.#outbox.tellAll();
  }

  async configureOutbox(settings: OutboxSettings): Promise<void> {
    await this.#outbox.configure(settings);
  }

  async sendQueued(): Promise<SendReport> {
    this.#predictors.hope();
    return await this.#outbox.send();
  }

  async deleteQueued(queryKey?: string): Promise<void> {
    await this.#outbox.delete(queryKey);
  }

  async acknowledgeAnswers(ids: readonly string[]): Promise<void> {
    await this.#outbox.acknowledge(ids);
  }

  async commitOpenTakes(queryId: number): Promise<void> {
    for (const { takeKey, queryId: of } of [...this.#takes.values()]) {
      if (of === queryId) this.#book({ type: 'commit', queryId, takeKey });
    }
    for (const link of this.#links.keys()) this.#stillLinks.add(link);
  }

  async endQuery(queryId: number): Promise<void> {
    await this.commitOpenTakes(queryId);
    this.#book({ type: 'query-end', queryId });
  }

  async postponeQuery(queryId: number): Promise<void> {
    const error = new SpeechError('timeout', 'The next query began before there was an answer.');
    for (const { takeKey, queryId: of, sending } of [...this.#takes.values()]) {
      if (of !== queryId || this.#ledger.queries.get(queryId)?.takes.get(takeKey)?.phase !== 'committed') continue;
      sending.abort();
      this.#book({ type: 'outcome', queryId, takeKey, outcome: { status: 'failed', error } });
    }
    // Nothing speaks against the network: they are sent again as soon as they are kept.
    await this.#outbox.send();
  }

  async cancelQuery(queryId: number): Promise<void> {
    this.#book({ type: 'cancel', queryId });
    await this.#outbox.forget(queryId);
  }

  /** Aborts everything, forgets it and closes every port; idempotent. A worker may simply be terminated instead. */
  close(): void {
    for (const queryId of this.#ledger.queries.keys()) this.#book({ type: 'cancel', queryId });
    this.#closeLinksBefore(Number.POSITIVE_INFINITY);
    this.#closed.abort();
    this.#outbox.close();
    this.#recogniser?.close();
    this.#toPage?.close();
    this.#outboxToPage?.close();
  }

  #hear(message: FromWorkletToDelivery, link: number): void {
    if (message.type === 'query-end') {
      this.#book({ type: 'query-end', queryId: message.queryId });
      return;
    }
    // Every worklet counts its takes from the start again.
    const takeKey = `${link}:${message.takeId}`;
    if (message.type !== 'take') {
      this.#book({ type: message.type, queryId: message.queryId, takeKey });
      return;
    }
    this.#takes.set(takeKey, this.#open(message, takeKey, link));
    const effects = this.#book({ type: 'take', queryId: message.queryId, takeKey });
    if (effects.length === 0) this.#takes.delete(takeKey);
  }

  #open(message: TakeMessage, takeKey: TakeKey, link: number): Take {
    const { queryId, segmentId, span, metrics } = message;
    const { pcm16, joinedSegmentIds } = this.#joiner(queryId).clipFor(message);
    const onSent = (sentBytes: number): void => {
      take.attemptCount++;
      this.#post({ type: 'sent', queryId, segmentId, sentBytes });
    };
    const onInterim = (text: string): void => {
      if (!this.#takes.has(takeKey)) return;
      this.#interims.set(takeKey, text);
      this.#postInterim(queryId);
    };
    const take: Take = {
      takeKey,
      link,
      queryId,
      segmentId,
      span,
      metrics,
      clip: { pcm16, idempotencyKey: this.#environment.randomUuid(), onSent, onInterim },
      sending: new AbortController(),
      attemptCount: 0,
      committedAt: 0,
      joinedSegmentIds,
      cut: { segmentId, span, pcm16: message.pcm16 },
    };
    return take;
  }

  #book(input: LedgerInput): readonly LedgerEffect[] {
    const nowMs = this.#environment.clock.now();
    const { ledger, effects } = stepLedger(this.#ledger, input);
    this.#ledger = ledger;
    for (const effect of effects) this.#carryOut(effect, nowMs);
    this.#postInterim(input.queryId);
    return effects;
  }

  #carryOut(effect: LedgerEffect, nowMs: Ms): void {
    if (effect.type === 'settle') {
      this.#post({ type: 'query-settled', queryId: effect.queryId });
      return;
    }
    const take = this.#take(effect.takeKey);
    switch (effect.type) {
      case 'send':
        void this.#send(take);
        return;
      case 'confirm': {
        take.committedAt = nowMs;
        this.#joiner(take.queryId).commit(take.cut);
        const { queryId, segmentId, span, metrics } = take;
        this.#post({ type: 'segment', queryId, segmentId, span, metrics });
        return;
      }
      case 'release':
        this.#interims.delete(take.takeKey);
        if (effect.outcome.status === 'answered') this.#postAnswer(take, effect.outcome.prediction, nowMs);
        else this.#keep(take, effect.outcome.error);
        return;
      case 'drop':
        take.sending.abort();
        this.#interims.delete(take.takeKey);
        this.#takes.delete(take.takeKey);
        return;
      default:
        effect satisfies never;
    }
  }

  async #send(take: Take): Promise<void> {
    take.sending = new AbortController();
    const { signal } = take.sending;
    const outcome = await this.#outcome(take.clip, signal);
    if (signal.aborted) return;
    this.#book({ type: 'outcome', queryId: take.queryId, takeKey: take.takeKey, outcome });
  }

  async #outcome(clip: Clip, signal: AbortSignal): Promise<Outcome> {
    try {
      return { status: 'answered', prediction: await this.#predict(clip, signal) };
    } catch (thrown) {
      return { status: 'failed', error: toSpeechError(thrown, 'internal') };
    }
  }

  async #predict(clip: Clip, signal: AbortSignal): Promise<Prediction> {
    return await this.#predictors.predictor(this.#recogniser).predict(clip, signal);
  }

  /** Text that is still streaming in, once nothing can withdraw its segment and nothing comes before it. */
  #postInterim(queryId: number): void {
    const next = this.#interims.next(this.#ledger.queries.get(queryId));
    if (next === undefined) return;
    const { segmentId, joinedSegmentIds } = this.#take(next.takeKey);
    this.#post({ type: 'interim', queryId, segmentId, joinedSegmentIds, text: next.text });
  }

  #postAnswer(take: Take, prediction: Prediction, nowMs: Ms): void {
    this.#takes.delete(take.takeKey);
    const { queryId, segmentId, attemptCount, joinedSegmentIds } = take;
    const { encodeMs, predictMs, ...answer } = prediction;
    const timings = { encodeMs, predictMs, afterCommitMs: nowMs - take.committedAt, attemptCount };
    this.#post({ type: 'answer', queryId, segmentId, joinedSegmentIds, ...answer, timings });
    // What failed alone and was recognised within a longer clip need not be sent again.
    if (joinedSegmentIds.length > 0) void this.#outbox.forget(queryId, joinedSegmentIds);
  }

  /** What the server will not have need not be kept: it would say so again. */
  #keep(take: Take, { code, message }: SpeechError): void {
    this.#takes.delete(take.takeKey);
    const { queryId, segmentId, joinedSegmentIds, clip } = take;
    this.#post({ type: 'fault', queryId, segmentId, code, message });
    if (code === 'rejected') return;
    const { pcm16, idempotencyKey } = clip;
    void this.#outbox.queue({ queryId, segmentId, joinedSegmentIds, pcm16, idempotencyKey });
  }

  /** One for each query; those of earlier queries are let go. */
  #joiner(queryId: number): ClipJoiner {
    const known = this.#joiners.get(queryId);
    if (known !== undefined) return known;
    this.#joiners.clear();
    const joiner = new ClipJoiner();
    this.#joiners.set(queryId, joiner);
    return joiner;
  }

  #closeLinksBefore(newest: number): void {
    for (const [link, port] of this.#links) {
      if (link >= newest || (this.#stillLinks.has(link) && newest !== Number.POSITIVE_INFINITY)) continue;
      port.close();
      this.#links.delete(link);
      for (const { takeKey, queryId, link: from } of this.#takes.values()) {
        if (from === link) this.#book({ type: 'retract', queryId, takeKey });
      }
    }
  }

  #take(takeKey: TakeKey): Take {
    const take = this.#takes.get(takeKey);
    if (take === undefined) throw new SpeechError('internal', `No take ${takeKey} is known.`);
    return take;
  }

  #post(message: FromDeliveryToPage): void {
    this.#toPage?.postMessage(message);
  }
}
