import { type QueuedSegment, queryIdIn, type WaitingQuery } from '../protocol/outbox.ts';

/** What waits, by query, in the order of their oldest segments. */
export function waitingQueries(segments: readonly QueuedSegment[], visit: string): readonly WaitingQuery[] {
  const queries = new Map<string, WaitingQuery>();
  for (const { queryKey, bytes, createdAtUnixMs } of segments) {
    const known = queries.get(queryKey);
    queries.set(queryKey, {
      queryKey,
      queryId: queryIdIn(visit, queryKey),
      segmentCount: (known?.segmentCount ?? 0) + 1,
      bytes: (known?.bytes ?? 0) + bytes,
      createdAtUnixMs: known?.createdAtUnixMs ?? createdAtUnixMs,
    });
  }
  return [...queries.values()];
}
