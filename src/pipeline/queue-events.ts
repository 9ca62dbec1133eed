import type { DropReason, StorageProblem, WaitingQuery } from '../protocol/outbox.ts';
import type { Ms } from '../units.ts';

/** A segment could not be sent and waits. */
export class QueuedEvent extends Event {
  readonly queryId: number;
  readonly segmentId: number;
  /** On the device; otherwise in memory, while the page is open. */
  readonly isStored: boolean;
  constructor(queryId: number, segmentId: number, isStored: boolean) {
    super('queued');
    this.queryId = queryId;
    this.segmentId = segmentId;
    this.isStored = isStored;
  }
}

/** What waits changed, on this page or another one. */
export class QueueChangeEvent extends Event {
  /** Oldest first. */
  readonly waiting: readonly WaitingQuery[];
  /** What comes is kept on the device; otherwise in memory, while the page is open. */
  readonly isStored: boolean;
  constructor(waiting: readonly WaitingQuery[], isStored: boolean) {
    super('queue-change');
    this.waiting = waiting;
    this.isStored = isStored;
  }
}

/** Something that waited was let go, and stays without text. */
export class QueueDroppedEvent extends Event {
  readonly reason: DropReason;
  /** Undefined when it was of another visit, or could not be read. */
  readonly queryId: number | undefined;
  readonly segmentId: number | undefined;
  constructor(reason: DropReason, queryId?: number, segmentId?: number) {
    super('queue-dropped');
    this.reason = reason;
    this.queryId = queryId;
    this.segmentId = segmentId;
  }
}

/** The device does not keep what waits, though it was asked to: it waits in memory, while the page is open. */
export class QueueMemoryEvent extends Event {
  readonly problem: StorageProblem;
  /** What happened, in words. */
  readonly message: string;
  constructor(problem: StorageProblem, message: string) {
    super('queue-memory');
    this.problem = problem;
    this.message = message;
  }
}

/**
 * A segment that waited was sent, and here is its text: once on all pages, in the order in which they were said.
 *
 * It is told again only to the next visit of a page that ended before its listeners returned. A segment of the present
 * query brings a `transcript` event, too.
 */
export class SentEvent extends Event {
  /** Its idempotency key: the same if it is ever told again. */
  readonly id: string;
  /** Names the query among all visits. */
  readonly queryKey: string;
  /** Its number in this visit; undefined when it is of another one. */
  readonly queryId: number | undefined;
  readonly segmentId: number;
  /** Earlier segments of the query whose words this text holds, too: it takes the place of theirs. */
  readonly joinedSegmentIds: readonly number[];
  /** Empty when there was no speech in it. */
  readonly text: string;
  /** 0..1; undefined when the server does not tell. */
  readonly confidence: number | undefined;
  /** When it was said; wall time since 1970. */
  readonly createdAtUnixMs: Ms;
  constructor(fields: Omit<SentEvent, keyof Event>) {
    super('sent');
    this.id = fields.id;
    this.queryKey = fields.queryKey;
    this.queryId = fields.queryId;
    this.segmentId = fields.segmentId;
    this.joinedSegmentIds = fields.joinedSegmentIds;
    this.text = fields.text;
    this.confidence = fields.confidence;
    this.createdAtUnixMs = fields.createdAtUnixMs;
  }
}

/** Events about speech that waits. */
export interface QueueEvents {
  readonly queued: QueuedEvent;
  readonly 'queue-change': QueueChangeEvent;
  readonly 'queue-dropped': QueueDroppedEvent;
  readonly 'queue-memory': QueueMemoryEvent;
  readonly sent: SentEvent;
}
