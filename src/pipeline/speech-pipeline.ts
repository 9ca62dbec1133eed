import { SpeechError, toSpeechError } from '../errors.ts';
import type { FromDeliveryToPage, PredictPlace } from '../protocol/delivery-messages.ts';
import type { QueryEnds } from '../protocol/query-start.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { FromWorkletToPage, QueryEnd } from '../protocol/worklet-messages.ts';
import { type Ms, samplesToMs } from '../units.ts';
import { workerAssets } from './assets.ts';
import { CaptureLink } from './capture-link.ts';
import { answerMessage, bookDelivery } from './delivery-events.ts';
import { DeliveryLink } from './delivery-link.ts';
import {
  LevelEvent,
  ModelProgressEvent,
  QueryEndEvent,
  SpeechErrorEvent,
  SpeechEvent,
  type SpeechPipelineEvents,
  StateChangeEvent,
} from './events.ts';
import { OnDemand } from './on-demand.ts';
import type { HearingOptions, SpeechPipelineOptions, StartOptions } from './options.ts';
import type { PipelineState } from './pipeline-state.ts';
import { QueryTexts } from './query-texts.ts';
import type { RecogniserLink } from './recogniser-link.ts';
import { resolveOptions } from './resolved-options.ts';
import { SpeechQueue } from './speech-queue.ts';
import { type StateInput, stepState } from './state-machine.ts';
import { TransferCount } from './transfer-count.ts';
import { TypedEventTarget } from './typed-event-target.ts';

/**
 * From the microphone to text: one instance hears one query after another.
 *
 * `start` opens the microphone; a query ends by itself after a silence, by `stop` (what was said is kept) or by
 * `cancel` (it is dropped). Audio never passes through the page: the worklet hands finished segments to the delivery
 * worker, and the page hears levels, transitions and texts. Create one per page and `close` it when it is no longer
 * needed.
 */
export class SpeechPipeline extends TypedEventTarget<SpeechPipelineEvents> {
  /** Speech that could not be sent. */
  readonly queue: SpeechQueue;
  readonly #capture: CaptureLink;
  readonly #delivery: DeliveryLink;
  readonly #recogniser: OnDemand<RecogniserLink>;
  readonly #transfer = new TransferCount((event) => this.dispatchEvent(event));
  readonly #endpointMs = new Map<number, Ms>();
  #state: PipelineState = { phase: 'idle' };
  #query: QueryTexts | undefined;
  #ends: QueryEnds = 'auto';
  #queryCount = 0;
  #isRecogniserConnected = false;
  #isClosed = false;

  /** @throws RangeError or TypeError naming the option that makes no sense. */
  constructor(options: SpeechPipelineOptions = {}) {
    super();
    const { kernel, delivery, getToken, outbox, frontEnd, modelBase, assetBase, ortWasmUrl } = resolveOptions(options);
    const workers = workerAssets(assetBase);
    this.#delivery = new DeliveryLink(workers, delivery, getToken, outbox, {
      hear: (message) => this.#hearDelivery(message),
      hearOutbox: (message) => this.queue.hear(message),
    });
    this.queue = new SpeechQueue(this.#delivery, {
      tell: (event) => this.dispatchEvent(event),
      sent: (bytes) => this.#transfer.sent(bytes),
      answered: (queryId, answer) => this.#hearDelivery(answerMessage(queryId, answer)),
    });
    this.#recogniser = new OnDemand('The recogniser on this device', async () => {
      const { RecogniserLink } = await import('./recogniser-link.ts');
      return new RecogniserLink(workers, modelBase, ortWasmUrl);
    });
    this.#capture = new CaptureLink(
      assetBase,
      kernel,
      {
        message: (message) => this.#hearWorklet(message),
        granted: () => this.#step({ type: 'grant' }),
        changed: (phase) => this.#hearCapture(phase),
        stranded: (queryId) => this.#delivery.commitOpenTakes(queryId),
        forgot: (queryId) => this.#tellForgotten(queryId),
        lost: (error) => this.#loseMicrophone(error),
        left: () => void this.stop(),
      },
      frontEnd,
      () => this.#delivery.workletPort(),
    );
    // An earlier visit may have left something to send.
    if (outbox.isStored) this.#delivery.warm().catch(() => undefined);
  }

  /** The current state. */
  get state(): PipelineState {
    return this.#state;
  }

  /**
   * Fetches worklet, kernel and workers, so that a press starts at once; call it on intent (pointerenter, focus).
   * Idempotent. What cannot be fetched is not an error yet: the press tries again and says so.
   */
  async warm(): Promise<void> {
    const isOnServer = this.#delivery.predict === 'server';
    await Promise.allSettled([this.#capture.warm(), this.#delivery.warm(), isOnServer || this.#recogniser.get()]);
  }

  /**
   * Opens the microphone and begins a query; one that is still heard is cancelled. Call it from a user's gesture.
   *
   * A microphone that goes away is replaced by the default one, once in ten seconds, and the query goes on. While nobody
   * sees the page the query goes on for 30 s and is then stopped; a page that is left stops at once.
   *
   * @returns The query's id, when audio flows.
   * @throws SpeechError for what hinders it (the state is then `failed`); the signal's reason when it is aborted.
   */
  async start(options: StartOptions = {}): Promise<number> {
    if (this.#isClosed) throw new SpeechError('internal', 'The pipeline is closed: make a new one.');
    this.#giveUpOn(this.#query);
    const signal = options.signal ?? new AbortController().signal;
    this.#queryCount++;
    const query = new QueryTexts(this.#queryCount);
    this.#query = query;
    this.#ends = options.ends ?? 'auto';
    this.#step({ type: 'request' });
    signal.addEventListener('abort', () => this.#cancelQuery(query), { once: true, signal: query.over.signal });
    // Beside the microphone, which waits for nothing: what is heard meanwhile is kept.
    this.#delivery.warm().catch((error: unknown) => this.#failQuery(query, error));
    try {
      if (this.#delivery.predict !== 'server') await this.#connectRecogniser();
      await this.#capture.open(query.queryId, signal, this.#ends);
    } catch (error) {
      if (signal.aborted && !query.isOver) this.#giveUpBeforeStart(query);
      else this.#failQuery(query, error);
      throw query.failure ?? error;
    }
    if (query.isOver) throw query.failure ?? new DOMException('The query was cancelled.', 'AbortError');
    return query.queryId;
  }

  /** Closes the microphone and flushes the open segment. Resolves when all was handed to delivery: texts follow. */
  async stop(): Promise<void> {
    const query = this.#query;
    if (query === undefined || query.reason !== undefined) return;
    if (this.#state.phase === 'requesting' || this.#state.phase === 'starting') return this.cancel();
    await this.#stopCapture(query);
  }

  /** Who ends the open query from now on: a press that turned out to be held is `manual`, a short one `auto`. */
  setEnds(ends: QueryEnds): void {
    this.#ends = ends;
    this.#capture.setEnds(ends);
  }

  /** Closes the microphone and drops what was heard and is not answered yet. */
  cancel(): void {
    if (this.#query !== undefined) this.#cancelQuery(this.#query);
  }

  /** Goes on listening after the system interrupted the microphone; call it from a user's gesture. */
  async resume(): Promise<void> {
    if (this.#state.phase === 'interrupted') await this.#capture.resume();
  }

  /** Sends what waits, as {@link SpeechQueue.send} does; resolves with the number of segments that have their text. */
  async retry(): Promise<number> {
    return (await this.queue.send()).answeredCount;
  }

  /**
   * Changes how the next query is heard; one that is open goes on as it began.
   *
   * @throws RangeError naming the option that makes no sense.
   */
  setHearing(hearing: HearingOptions): void {
    this.#capture.setHearing(hearing);
  }

  /** Changes where the next segments are recognised. */
  async setPredict(place: PredictPlace): Promise<void> {
    await this.#delivery.setPredict(place);
    if (place !== 'server') await this.#connectRecogniser();
  }

  /**
   * Downloads and starts the on-device recogniser ahead of its first use; `modelprogress` events tell how far it is.
   *
   * @throws SpeechError `recogniser` or `unsupported`.
   */
  async loadRecogniser(): Promise<void> {
    const recogniser = await this.#recogniser.get();
    await recogniser.load((loadedBytes, totalBytes) =>
      this.dispatchEvent(new ModelProgressEvent(loadedBytes, totalBytes)),
    );
  }

  /** The text of a clip, recognised on this device. @param pcm16 Mono at 16 kHz; transferred. @throws SpeechError. */
  async recogniseHere(pcm16: Int16Array<ArrayBuffer>): Promise<string> {
    return await (await this.#recogniser.get()).transcribe(pcm16);
  }

  /** How many bytes of the on-device recogniser this browser keeps, unfinished downloads included. */
  async recogniserBytes(): Promise<number> {
    return (await this.#recogniser.get()).storedBytes();
  }

  /** Deletes the on-device recogniser from this browser and from memory; choosing it again downloads it again. */
  async deleteRecogniser(): Promise<void> {
    this.#isRecogniserConnected = false;
    await this.#delivery.disconnectRecogniser();
    await (await this.#recogniser.get()).delete();
  }

  /** Ends everything and gives every resource back; idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.cancel();
    this.#delivery.close();
    this.#recogniser.ifMade((recogniser) => recogniser.close());
    await this.#capture.close();
  }

  async #connectRecogniser(): Promise<void> {
    if (this.#isRecogniserConnected) return;
    const recogniser = await this.#recogniser.get();
    this.#isRecogniserConnected = true;
    await this.#delivery.connectRecogniser(recogniser.port());
  }

  #step(input: StateInput): void {
    const state = stepState(this.#state, input);
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new StateChangeEvent(state));
  }

  async #stopCapture(query: QueryTexts): Promise<void> {
    const isEnded = await this.#capture.stop();
    // A dead audio thread must not keep the query open for ever.
    if (!isEnded) this.#delivery.endQuery(query.queryId);
    this.#endQuery(query, 'stopped');
  }

  #giveUpBeforeStart(query: QueryTexts): void {
    query.reason = 'cancelled';
    query.over.abort();
    this.#step({ type: 'rest' });
  }

  /** Something that the query cannot do without is missing. */
  #failQuery(query: QueryTexts, thrown: unknown): void {
    if (query.isOver) return;
    query.reason = 'cancelled';
    query.failure = toSpeechError(thrown, 'internal');
    query.over.abort();
    this.#capture.cancel();
    this.#step({ type: 'fail', error: query.failure });
    this.dispatchEvent(new SpeechErrorEvent(query.failure, query.queryId));
  }

  /** A new query begins: one that is still heard is cancelled, one whose texts are on their way is answered later. */
  #giveUpOn(query: QueryTexts | undefined): void {
    if (query === undefined || query.isOver) return;
    if (query.reason === undefined) {
      this.#cancelQuery(query);
      return;
    }
    this.#delivery.postponeQuery(query.queryId);
    query.over.abort();
    this.dispatchEvent(new QueryEndEvent(query.queryId, query.reason, query.text, query.failedSegmentCount));
  }

  #cancelQuery(query: QueryTexts): void {
    if (query.isOver) return;
    query.reason = 'cancelled';
    query.over.abort();
    this.#capture.cancel();
    this.#delivery.cancelQuery(query.queryId);
    this.#step({ type: 'rest' });
    this.dispatchEvent(new QueryEndEvent(query.queryId, 'cancelled', query.text, query.failedSegmentCount));
  }

  /** The query hears no more; its last texts may still be on the way. */
  #endQuery(query: QueryTexts, reason: QueryEnd): void {
    if (query.reason !== undefined) return;
    query.reason = reason;
    this.#capture.release();
    this.#step({ type: 'finish', queryId: query.queryId });
    this.#finishIfComplete(query);
  }

  #finishIfComplete(query: QueryTexts): void {
    // An audio thread that comes back late ends its query a second time.
    if (!query.isSettled || query.reason === undefined || query.isOver) return;
    query.over.abort();
    this.#step({ type: 'settle' });
    this.dispatchEvent(new QueryEndEvent(query.queryId, query.reason, query.text, query.failedSegmentCount));
  }

  /** The microphone is of no more use: what was said so far is kept, and the reason is told. */
  #loseMicrophone(error: SpeechError): void {
    const query = this.#query;
    if (query === undefined || query.reason !== undefined || this.#state.phase === 'failed') return;
    this.#step({ type: 'fail', error });
    this.dispatchEvent(new SpeechErrorEvent(error, query.queryId));
    void this.#stopCapture(query);
  }

  #tellForgotten(queryId: number): void {
    const error = new SpeechError('lost', 'What was being said when the sound stopped could not be kept.');
    this.dispatchEvent(new SpeechErrorEvent(error, queryId));
  }

  #hearCapture(phase: 'listening' | 'interrupted' | 'recovering'): void {
    const query = this.#query;
    if (query === undefined || query.reason !== undefined) return;
    this.#step({ type: phase, queryId: query.queryId });
  }

  #hearWorklet(message: FromWorkletToPage): void {
    switch (message.type) {
      case 'level':
        this.#transfer.heard(this.#queryCount, message.heardSamples);
        this.dispatchEvent(new LevelEvent(message.rmsDbfs, message.peakDbfs, message.probability));
        return;
      case 'speech-start':
        this.#hearSpeech(new SpeechEvent('speechstart', message.queryId, message.segmentId));
        return;
      case 'speech-end':
        this.#endpointMs.set(
          message.segmentId,
          samplesToMs(message.heardSamples - message.speechEndSample, SEGMENT_RATE_HZ),
        );
        this.#hearSpeech(new SpeechEvent('speechend', message.queryId, message.segmentId, message.end));
        return;
      case 'query-end':
        if (message.queryId === this.#query?.queryId) this.#endQuery(this.#query, message.reason);
        return;
      default:
        return;
    }
  }

  #hearSpeech(event: SpeechEvent): void {
    const { queryId } = event;
    if (queryId !== this.#query?.queryId) return;
    this.#step({ type: 'speech', queryId, isSpeaking: event.type === 'speechstart' });
    this.dispatchEvent(event);
  }

  #hearDelivery(message: FromDeliveryToPage): void {
    if (message.type === 'sent') this.#transfer.sent(message.sentBytes);
    const query = this.#query;
    // What belongs to an earlier query, or to one that was cancelled, has nobody waiting for it any more.
    if (query === undefined || query.queryId !== message.queryId || query.reason === 'cancelled') return;
    for (const event of bookDelivery(message, query, this.#endpointMs)) this.dispatchEvent(event);
    if (message.type !== 'query-settled') return;
    query.isSettled = true;
    this.#finishIfComplete(query);
  }
}
