import * as v from 'valibot';
import type { QueuedAnswer, QueuedSegment } from './outbox.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const durationMs = v.pipe(v.number(), v.finite(), v.minValue(0));
const name = v.pipe(v.string(), v.minLength(1));

const place = {
  id: name,
  position: count,
  queryKey: name,
  segmentId: count,
  joinedSegmentIds: v.array(count),
  createdAtUnixMs: durationMs,
};

const segmentSchema = v.object({ ...place, bytes: count, contract: v.string() });

const answerSchema = v.object({
  ...place,
  answeredAtUnixMs: durationMs,
  text: v.string(),
  confidence: v.exactOptional(v.number()),
  place: v.picklist(['server', 'device']),
  release: v.exactOptional(v.string()),
  encodeMs: durationMs,
  predictMs: durationMs,
  attemptCount: count,
  visit: name,
});

/** Reads a stored segment; undefined when it is none, or a damaged one. */
export function parseQueuedSegment(value: unknown): QueuedSegment | undefined {
  const parsed = v.safeParse(segmentSchema, value);
  return parsed.success ? parsed.output : undefined;
}

/** Reads a stored answer; undefined when it is none, or a damaged one. */
export function parseQueuedAnswer(value: unknown): QueuedAnswer | undefined {
  const parsed = v.safeParse(answerSchema, value);
  return parsed.success ? parsed.output : undefined;
}
