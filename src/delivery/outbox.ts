import { encodeWavPcm16 } from '../dsp/wav.ts';
import { CLIP_CONTRACT_VERSION } from '../protocol/headers.ts';
import {
  type FromOutboxToPage,
  OUTBOX_LIMITS,
  type OutboxSettings,
  type QueuedSegment,
  queryIdIn,
  queryKeyOf,
  type SendReport,
  type StorageProblem,
} from '../protocol/outbox.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { Ms } from '../units.ts';
import type { DeliveryEnvironment } from './environment.ts';
import { type Sending, type SendResult, sendAll } from './outbox-sender.ts';
import { acknowledge, claimAnswers, type Dropped, remove } from './outbox-steps.ts';
import { OutboxStores } from './outbox-stores.ts';
import { waitingQueries } from './waiting-queries.ts';

/** What an {@link Outbox} works with. */
export interface OutboxParts {
  /** Names this page's visit among all. */
  readonly visit: string;
  readonly environment: DeliveryEnvironment;
  readonly predict: Sending['predict'];
  readonly tell: (message: FromOutboxToPage) => void;
}

/** A committed segment that could not be sent. */
export interface UnsentSegment {
  readonly queryId: number;
  readonly segmentId: number;
  readonly joinedSegmentIds: readonly number[];
  /** Mono at 16 kHz; copied. */
  readonly pcm16: Int16Array;
  readonly idempotencyKey: string;
}

/** The first pause before the queue is sent again; it doubles with every failure. */
export const RESEND_BASE_MS: Ms = 2_000;
/** The longest pause. */
export const RESEND_LIMIT_MS: Ms = 300_000;

const PROBLEM_WORDS: Readonly<Record<StorageProblem, string>> = {
  refused: 'This browser gives the site no storage (a private window, or blocked site data)',
  full: 'The storage of this device is full',
  lost: 'The storage of this site was taken away',
};

/**
 * Speech that could not be sent: it waits on the device, or in memory where that is not wanted or not to be had, and is
 * sent in order, each segment until its text is there.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #stores: OutboxStores;
  readonly #closed: AbortController = new AbortController();
  /** Ids of answers that the page was told of. */
  readonly #told: Set<string> = new Set();
  #settings: OutboxSettings = { isStored: false, limits: OUTBOX_LIMITS };
  /** Resolves when every change asked for so far is made. */
  #turn: Promise<unknown> = Promise.resolve();
  #sending: Promise<SendReport> | undefined;
  #failedCount = 0;
  #pause: AbortController | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    const { clock, openStored, whenOnline } = parts.environment;
    this.#stores = new OutboxStores({
      visit: parts.visit,
      clock,
      openStored,
      onChanged: () => void this.#refresh(),
      onProblem: (problem, cause) => this.#tellProblem(problem, cause),
      onDropped: (dropped) => this.#tellDropped(dropped),
    });
    whenOnline(() => void this.#sendByItself(), this.#closed.signal);
  }

  /** Changes where and how long what waits is kept; resolves when it is there. */
  async configure(settings: OutboxSettings): Promise<void> {
    await this.#inTurn(async () => {
      this.#settings = settings;
      await this.#stores.setStored(settings.isStored, settings.limits);
    });
    await this.#refresh();
    void this.#sendByItself();
  }

  /** Queues a segment as the newest; resolves when it is kept. */
  async queue(unsent: UnsentSegment): Promise<void> {
    const { queryId, segmentId, joinedSegmentIds, idempotencyKey } = unsent;
    const wav = encodeWavPcm16(unsent.pcm16, SEGMENT_RATE_HZ);
    const draft = {
      ...{ id: idempotencyKey, segmentId, joinedSegmentIds },
      queryKey: queryKeyOf(this.#parts.visit, queryId),
      bytes: wav.length,
      createdAtUnixMs: this.#parts.environment.clock.unixNow(),
      contract: CLIP_CONTRACT_VERSION,
    };
    await this.#inTurn(async () => {
      const { isStored, dropped } = await this.#stores.add(draft, wav, this.#settings.limits);
      for (const each of dropped) this.#tellDropped(each);
      if (!dropped.some(({ segment }) => segment === draft)) {
        this.#parts.tell({ type: 'queued', queryId, segmentId, isStored });
      }
    });
    this.#stores.tellOthers();
    await this.#tellQueue();
    this.#sendLater();
  }

  /** Sends what waits, oldest first, until all is answered or one fails; joins a sending under way. Never rejects. */
  send(): Promise<SendReport> {
    this.#pause?.abort();
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** Deletes a query with all that waits of it; without a key, all that waits. */
  async delete(queryKey?: string): Promise<void> {
    await this.#delete((record) => queryKey === undefined || record.queryKey === queryKey);
  }

  /** Deletes segments of a query of this visit; without ids, the whole query. */
  async forget(queryId: number, segmentIds?: readonly number[]): Promise<void> {
    const queryKey = queryKeyOf(this.#parts.visit, queryId);
    await this.#delete((record) => {
      return record.queryKey === queryKey && (segmentIds === undefined || segmentIds.includes(record.segmentId));
    });
  }

  /** Forgets answers that the page has. */
  async acknowledge(ids: readonly string[]): Promise<void> {
    await this.#inTurn(() => this.#stores.transactEach(() => acknowledge(ids)));
  }

  /** Tells the page what waits, and every answer that it has not acknowledged. */
  async tellAll(): Promise<void> {
    this.#told.clear();
    await this.#refresh();
  }

  /** Stops sending; what is stored stays. Idempotent. */
  close(): void {
    this.#closed.abort(new DOMException('The outbox was closed.', 'AbortError'));
    this.#pause?.abort();
    this.#stores.close();
  }

  async #send(): Promise<SendReport> {
    await this.#turn;
    let answeredCount = 0;
    let failure: SendResult['failure'];
    try {
      await this.#stores.exclusivelyEach(async (store) => {
        const result = await sendAll(store, this.#sendingSettings(), this.#closed.signal);
        answeredCount += result.answeredCount;
        failure = result.failure;
        return failure === undefined ? 'go-on' : 'stop';
      }, this.#closed.signal);
    } catch {
      // It was closed: nobody waits for the report.
    }
    this.#failedCount = failure === undefined ? 0 : this.#failedCount + 1;
    if (answeredCount > 0) this.#stores.tellOthers();
    const waitingCount = await this.#tellQueue();
    if (waitingCount > 0) this.#sendLater();
    const { code, message } = failure ?? {};
    return { answeredCount, waitingCount, ...(code && message ? { failure: { code, message } } : {}) };
  }

  #sendingSettings(): Sending {
    return {
      predict: this.#parts.predict,
      limits: this.#settings.limits,
      unixNow: () => this.#parts.environment.clock.unixNow(),
      onSent: (sentBytes) => this.#parts.tell({ type: 'queue-bytes', sentBytes }),
      onDropped: (dropped) => this.#tellDropped(dropped),
      onAnswered: () => void this.#refresh(),
    };
  }

  /** What waits in memory is sent when its owner says so; what is stored goes as soon as it can. */
  async #sendByItself(): Promise<void> {
    if (!this.#settings.isStored || this.#closed.signal.aborted) return;
    if ((await this.#tellQueue()) > 0) await this.send();
  }

  #sendLater(): void {
    if (!this.#settings.isStored || this.#closed.signal.aborted || this.#pause !== undefined) return;
    const pause = new AbortController();
    this.#pause = pause;
    const { clock, random } = this.#parts.environment;
    const longestMs = Math.min(RESEND_LIMIT_MS, RESEND_BASE_MS * 2 ** this.#failedCount);
    // Half of it is left to chance, so that the pages of many people do not come back to a server all at once.
    clock
      .wait((longestMs * (1 + random())) / 2, pause.signal)
      .then(() => true)
      .catch(() => false)
      .then((isOver) => {
        if (this.#pause === pause) this.#pause = undefined;
        if (isOver) void this.#sendByItself();
      });
  }

  async #delete(isChosen: (record: Pick<QueuedSegment, 'id' | 'queryKey' | 'segmentId'>) => boolean): Promise<void> {
    const counts = await this.#inTurn(() => this.#stores.transactEach((contents) => remove(contents, isChosen)));
    if (counts.every((count) => count === 0)) return;
    this.#stores.tellOthers();
    await this.#tellQueue();
  }

  async #refresh(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    await this.#tellAnswers();
    await this.#tellQueue();
  }

  async #tellAnswers(): Promise<void> {
    const { visit, tell } = this.#parts;
    const liveVisits = await this.#stores.liveVisits();
    const answers = await this.#stores.transactEach((contents) => claimAnswers(contents, visit, liveVisits));
    for (const answer of answers.flat()) {
      if (this.#told.has(answer.id)) continue;
      this.#told.add(answer.id);
      tell({ type: 'queue-answer', queryId: queryIdIn(visit, answer.queryKey), answer });
    }
  }

  /** @returns How many segments wait. */
  async #tellQueue(): Promise<number> {
    const { visit, tell } = this.#parts;
    const segments = (await this.#stores.transactEach((contents) => ({ result: contents.segments }))).flat();
    tell({ type: 'queue', queries: waitingQueries(segments, visit), isStored: this.#stores.isStored });
    return segments.length;
  }

  #tellDropped({ reason, segment }: Dropped): void {
    const { visit, tell } = this.#parts;
    if (segment === undefined) {
      tell({ type: 'queue-dropped', reason });
      return;
    }
    const { queryKey, segmentId } = segment;
    const queryId = queryIdIn(visit, queryKey);
    tell({ type: 'queue-dropped', reason, queryKey, segmentId, ...(queryId === undefined ? {} : { queryId }) });
  }

  #tellProblem(problem: StorageProblem, cause: unknown): void {
    const detail = cause instanceof Error ? ` (${cause.name})` : '';
    const message = `${PROBLEM_WORDS[problem]}${detail}: speech that waits is kept in memory, while this page is open.`;
    this.#parts.tell({ type: 'queue-memory', problem, message });
  }

  /** Changes are made one after the other, in the order in which they were asked for. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(change);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
