import type { DropReason, OutboxLimits, QueuedAnswer, QueuedSegment } from '../protocol/outbox.ts';
import { visitOf } from '../protocol/outbox.ts';
import type { Ms } from '../units.ts';
import type { OutboxContents, OutboxStep } from './outbox-store.ts';
import type { Prediction } from './predictor.ts';

/** Something let go without its text. */
export interface Dropped {
  readonly reason: DropReason;
  /** Undefined when its record could not be read. */
  readonly segment?: Pick<QueuedSegment, 'queryKey' | 'segmentId'>;
}

/** A segment about to be queued. */
export type SegmentDraft = Omit<QueuedSegment, 'position'>;

/**
 * Queues a segment as the newest: what it holds again, what is too old, and the oldest until there is room, goes.
 *
 * One that is queued or answered already is left as it is; one that alone is above the limit is dropped itself.
 */
export function admit(
  contents: OutboxContents,
  draft: SegmentDraft,
  wav: Uint8Array<ArrayBuffer>,
  limits: OutboxLimits,
  nowUnixMs: Ms,
): OutboxStep<readonly Dropped[]> {
  const known = [...contents.segments, ...contents.answers];
  if (known.some(({ id }) => id === draft.id)) return { result: [] };
  const isHeldAgain = ({ queryKey, segmentId }: QueuedSegment): boolean =>
    queryKey === draft.queryKey && draft.joinedSegmentIds.includes(segmentId);
  const gone = contents.segments.filter(isHeldAgain);
  const dropped: Dropped[] = [];
  const letGo = (reason: DropReason, segment: QueuedSegment): void => {
    gone.push(segment);
    dropped.push({ reason, segment });
  };
  const others = contents.segments.filter((segment) => !isHeldAgain(segment));
  const fresh = others.filter(({ createdAtUnixMs }) => !isOld(createdAtUnixMs, limits, nowUnixMs));
  for (const segment of others) if (!fresh.includes(segment)) letGo('age', segment);
  const isTooLarge = draft.bytes > limits.bytes;
  if (isTooLarge) dropped.push({ reason: 'bytes', segment: draft });
  let bytes = (isTooLarge ? 0 : draft.bytes) + fresh.reduce((sum, segment) => sum + segment.bytes, 0);
  for (const segment of fresh) {
    if (bytes <= limits.bytes) break;
    bytes -= segment.bytes;
    letGo('bytes', segment);
  }
  const position = 1 + known.reduce((last, record) => Math.max(last, record.position), 0);
  return {
    ...(isTooLarge ? {} : { add: { segment: { ...draft, position }, wav } }),
    removeSegments: gone.map(({ id }) => id),
    result: dropped,
  };
}

/** The segment to send next, after letting go what is too old: unsent speech, and texts that no page came for. */
export function takeHead(
  contents: OutboxContents,
  limits: OutboxLimits,
  nowUnixMs: Ms,
): OutboxStep<{ readonly head: QueuedSegment | undefined; readonly dropped: readonly Dropped[] }> {
  const old = contents.segments.filter(({ createdAtUnixMs }) => isOld(createdAtUnixMs, limits, nowUnixMs));
  const oldAnswers = contents.answers.filter(({ answeredAtUnixMs }) => isOld(answeredAtUnixMs, limits, nowUnixMs));
  const dropped = [...old, ...oldAnswers].map((segment): Dropped => ({ reason: 'age', segment }));
  const head = contents.segments.find((segment) => !old.includes(segment));
  return {
    removeSegments: old.map(({ id }) => id),
    removeAnswers: oldAnswers.map(({ id }) => id),
    result: { head, dropped },
  };
}

/**
 * Puts the answer in its segment's place.
 *
 * @returns False, and changes nothing, when the segment is not there any more: it was answered, or deleted, meanwhile.
 */
export function settle(
  contents: OutboxContents,
  id: string,
  prediction: Prediction,
  attemptCount: number,
  nowUnixMs: Ms,
): OutboxStep<boolean> {
  const segment = contents.segments.find((waiting) => waiting.id === id);
  if (segment === undefined) return { result: false };
  const { position, queryKey, segmentId, joinedSegmentIds, createdAtUnixMs } = segment;
  const { text, confidence, place, release, encodeMs, predictMs } = prediction;
  const answer: QueuedAnswer = {
    ...{ id, position, queryKey, segmentId, joinedSegmentIds, createdAtUnixMs },
    ...{ text, place, encodeMs, predictMs, attemptCount },
    ...(confidence === undefined ? {} : { confidence }),
    ...(release === undefined ? {} : { release }),
    answeredAtUnixMs: nowUnixMs,
    visit: visitOf(queryKey),
  };
  return { removeSegments: [id], putAnswers: [answer], result: true };
}

/** Lets segments go that somebody chose; answers that nobody has shown yet go with them. */
export function remove(
  contents: OutboxContents,
  isChosen: (record: Pick<QueuedSegment, 'id' | 'queryKey' | 'segmentId'>) => boolean,
): OutboxStep<number> {
  const segments = contents.segments.filter(isChosen);
  const answers = contents.answers.filter(isChosen);
  return {
    removeSegments: segments.map(({ id }) => id),
    removeAnswers: answers.map(({ id }) => id),
    result: segments.length,
  };
}

/** Gives the answers to a visit that are its own, or whose visit is over; in the order of their segments. */
export function claimAnswers(
  contents: OutboxContents,
  visit: string,
  liveVisits: ReadonlySet<string>,
): OutboxStep<readonly QueuedAnswer[]> {
  const mine = contents.answers.filter((answer) => answer.visit === visit || !liveVisits.has(answer.visit));
  const claimed = mine.filter((answer) => answer.visit !== visit).map((answer) => ({ ...answer, visit }));
  return { putAnswers: claimed, result: mine };
}

/** Forgets answers that a page has. */
export function acknowledge(ids: readonly string[]): OutboxStep<void> {
  return { removeAnswers: ids, result: undefined };
}

function isOld(sinceUnixMs: Ms, { ageMs }: OutboxLimits, nowUnixMs: Ms): boolean {
  return nowUnixMs - sinceUnixMs > ageMs;
}
