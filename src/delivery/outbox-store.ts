import type { QueuedAnswer, QueuedSegment } from '../protocol/outbox.ts';

/** Everything in an outbox but the audio. */
export interface OutboxContents {
  /** In the order in which they are sent. */
  readonly segments: readonly QueuedSegment[];
  /** Not acknowledged by a page yet; in the order of their segments. */
  readonly answers: readonly QueuedAnswer[];
  /** Records that could not be read: the transaction in which this is above 0 has removed them. */
  readonly damagedCount: number;
}

/** What a transaction changes. */
export interface OutboxChange {
  readonly add?: { readonly segment: QueuedSegment; readonly wav: Uint8Array<ArrayBuffer> };
  /** Ids; their audio goes with them. */
  readonly removeSegments?: readonly string[];
  readonly putAnswers?: readonly QueuedAnswer[];
  readonly removeAnswers?: readonly string[];
}

/** What a step over the contents decided, and what it has to say about it. */
export interface OutboxStep<T> extends OutboxChange {
  readonly result: T;
}

/** Keeps segments and answers. What is decided lies in the steps it is given; it makes them happen at once, or not at all. */
export interface OutboxStore {
  /**
   * Reads everything, has `step` decide, and changes what it says: one transaction, seen by others whole or not at all.
   *
   * @param step Pure; may be given the contents again when the store has to begin anew.
   * @throws Whatever the storage throws: nothing is changed then.
   */
  transact<T>(step: (contents: OutboxContents) => OutboxStep<T>): Promise<T>;
  /** The audio of a segment; undefined when it is gone. */
  readWav(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Lets the storage go; what it holds stays. Idempotent. */
  close(): void;
}
