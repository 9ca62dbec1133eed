import type { SpeechErrorCode } from '../errors.ts';
import type { Ms } from '../units.ts';

/** Speech that could not be sent yet: what is kept of it besides its audio, and nothing else is. */
export interface QueuedSegment {
  /** Its idempotency key: the same however often it is sent. */
  readonly id: string;
  /** Grows with every segment: they are sent in this order. */
  readonly position: number;
  /** Names the query among all visits to the site; {@link visitOf} reads the visit out of it. */
  readonly queryKey: string;
  readonly segmentId: number;
  /** Earlier segments of the query that its audio holds again: its text takes the place of theirs. */
  readonly joinedSegmentIds: readonly number[];
  /** Size of its audio, a WAV file. */
  readonly bytes: number;
  /** Wall time since 1970. */
  readonly createdAtUnixMs: Ms;
  /** Version of the rules by which it was cut and levelled. */
  readonly contract: string;
}

/** The text of a {@link QueuedSegment}, kept until the page has it. */
export interface QueuedAnswer {
  readonly id: string;
  readonly position: number;
  readonly queryKey: string;
  readonly segmentId: number;
  readonly joinedSegmentIds: readonly number[];
  readonly createdAtUnixMs: Ms;
  readonly answeredAtUnixMs: Ms;
  /** Empty when the recogniser heard no speech. */
  readonly text: string;
  readonly confidence?: number;
  readonly place: 'server' | 'device';
  readonly release?: string;
  readonly encodeMs: Ms;
  readonly predictMs: Ms;
  readonly attemptCount: number;
  /** The visit whose page shows it; another one takes it over when that page is gone. */
  readonly visit: string;
}

/** How much waits at most, and for how long. */
export interface OutboxLimits {
  /** Of audio; the oldest goes first. */
  readonly bytes: number;
  /** From speaking to giving up. */
  readonly ageMs: Ms;
}

/** Ten minutes of speech (32 kB a second), for a day. */
export const OUTBOX_LIMITS: OutboxLimits = { bytes: 20_000_000, ageMs: 86_400_000 };

/** How the delivery queues what it could not send. */
export interface OutboxSettings {
  /** Stores it on the device and sends it by itself; otherwise it waits in memory until it is told to. */
  readonly isStored: boolean;
  readonly limits: OutboxLimits;
}

/** A query of which segments wait. */
export interface WaitingQuery {
  readonly queryKey: string;
  /** Its number in this visit; undefined when it is of another visit. */
  readonly queryId: number | undefined;
  readonly segmentCount: number;
  readonly bytes: number;
  /** Of its oldest segment; wall time since 1970. */
  readonly createdAtUnixMs: Ms;
}

/**
 * Why something was let go without its text: it was too much, or too old; it cannot be read any more; the server will
 * not have it, however often it is asked.
 */
export type DropReason = 'bytes' | 'age' | 'damaged' | 'refused';

/** Why what waits is only in memory: the browser gives no storage, it is full, or it went away. */
export type StorageProblem = 'refused' | 'full' | 'lost';

/** What became of sending the queue once. */
export interface SendReport {
  readonly answeredCount: number;
  /** Segments that still wait. */
  readonly waitingCount: number;
  /** Why the first of these did not go. */
  readonly failure?: { readonly code: SpeechErrorCode; readonly message: string };
}

/** Delivery to page about what waits, over a port that the page made. */
export type FromOutboxToPage =
  /** A committed segment waits to be sent. */
  | { readonly type: 'queued'; readonly queryId: number; readonly segmentId: number; readonly isStored: boolean }
  /** What waits now, oldest first: sent after every change, by whichever page. */
  | { readonly type: 'queue'; readonly queries: readonly WaitingQuery[]; readonly isStored: boolean }
  /** `queryKey` and `segmentId` are missing when the record could not be read. */
  | {
      readonly type: 'queue-dropped';
      readonly reason: DropReason;
      readonly queryKey?: string;
      readonly segmentId?: number;
      readonly queryId?: number;
    }
  | { readonly type: 'queue-memory'; readonly problem: StorageProblem; readonly message: string }
  /** A text that was waited for. To be acknowledged: until then it is kept, and told to the next visit. */
  | { readonly type: 'queue-answer'; readonly queryId: number | undefined; readonly answer: QueuedAnswer }
  /** A request's body left the device. */
  | { readonly type: 'queue-bytes'; readonly sentBytes: number };

/** The key under which a query of a visit is queued. */
export function queryKeyOf(visit: string, queryId: number): string {
  return `${visit}/${queryId}`;
}

/** The visit in a query's key. */
export function visitOf(queryKey: string): string {
  return queryKey.slice(0, queryKey.lastIndexOf('/'));
}

/** The number of a query in a visit; undefined when it is of another one. */
export function queryIdIn(visit: string, queryKey: string): number | undefined {
  return visitOf(queryKey) === visit ? Number(queryKey.slice(visit.length + 1)) : undefined;
}

/** Name under which a service worker is woken to send what waits. */
export const OUTBOX_SYNC_TAG: 'ossicle-outbox' = 'ossicle-outbox';
