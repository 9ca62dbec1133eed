import type { FromOutboxToPage, QueuedAnswer, SendReport, WaitingQuery } from '../protocol/outbox.ts';
import type { DeliveryLink } from './delivery-link.ts';
import { QueueChangeEvent, QueueDroppedEvent, QueuedEvent, QueueMemoryEvent, SentEvent } from './queue-events.ts';

/** Whom a {@link SpeechQueue} tells. */
export interface SpeechQueueListener {
  tell(event: Event): void;
  /** Bytes of a request left the device. */
  sent(bytes: number): void;
  /** A segment of this visit has its text. */
  answered(queryId: number, answer: QueuedAnswer): void;
}

/** Speech that could not be sent: what waits, sending it, deleting it, and where it is kept. */
export class SpeechQueue {
  readonly #delivery: DeliveryLink;
  readonly #listener: SpeechQueueListener;
  readonly #heard: Set<string> = new Set();
  #waiting: readonly WaitingQuery[] = [];
  #isStored = false;

  constructor(delivery: DeliveryLink, listener: SpeechQueueListener) {
    this.#delivery = delivery;
    this.#listener = listener;
  }

  /** What waits, by query, oldest first. */
  get waiting(): readonly WaitingQuery[] {
    return this.#waiting;
  }

  /** True while what waits is kept on the device; otherwise it is in memory, while the page is open. */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** Changes where what waits is kept; what waits already moves there. */
  async setOffline(isOn: boolean): Promise<void> {
    await this.#delivery.setQueueOffline(isOn);
  }

  /** Sends what waits, oldest first, until all is answered or one fails; resolves with what came of it. */
  async send(): Promise<SendReport> {
    return this.#delivery.sendQueued();
  }

  /** Deletes a query that waits. @param queryKey As in {@link waiting}. */
  async delete(queryKey: string): Promise<void> {
    await this.#delivery.deleteQueued(queryKey);
  }

  /** Deletes all that waits. */
  async clear(): Promise<void> {
    await this.#delivery.deleteQueued();
  }

  /** @internal Hears the delivery. */
  hear(message: FromOutboxToPage): void {
    switch (message.type) {
      case 'queue':
        this.#waiting = message.queries;
        this.#isStored = message.isStored;
        this.#listener.tell(new QueueChangeEvent(message.queries, message.isStored));
        return;
      case 'queued':
        this.#listener.tell(new QueuedEvent(message.queryId, message.segmentId, message.isStored));
        return;
      case 'queue-dropped':
        this.#listener.tell(new QueueDroppedEvent(message.reason, message.queryId, message.segmentId));
        return;
      case 'queue-memory':
        this.#listener.tell(new QueueMemoryEvent(message.problem, message.message));
        return;
      case 'queue-bytes':
        this.#listener.sent(message.sentBytes);
        return;
      case 'queue-answer':
        this.#hearAnswer(message.queryId, message.answer);
        return;
      default:
        message satisfies never;
    }
  }

  #hearAnswer(queryId: number | undefined, answer: QueuedAnswer): void {
    const { id, queryKey, segmentId, joinedSegmentIds, text, confidence, createdAtUnixMs } = answer;
    if (!this.#heard.has(id)) {
      this.#heard.add(id);
      const fields = { id, queryKey, queryId, segmentId, joinedSegmentIds, text, confidence, createdAtUnixMs };
      this.#listener.tell(new SentEvent(fields));
      if (queryId !== undefined) this.#listener.answered(queryId, answer);
    }
    // Not before it was told: a page that dies in between leaves it to the next visit.
    this.#delivery.acknowledgeAnswers([id]);
  }
}
