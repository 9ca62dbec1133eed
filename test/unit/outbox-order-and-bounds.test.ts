import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryOutboxStore } from '../../src/delivery/memory-outbox-store.ts';
import { admit, claimAnswers, type Dropped, remove, settle, takeHead } from '../../src/delivery/outbox-steps.ts';
import type { OutboxStore } from '../../src/delivery/outbox-store.ts';
import type { Prediction } from '../../src/delivery/predictor.ts';
import { type OutboxLimits, queryIdIn, queryKeyOf, visitOf } from '../../src/protocol/outbox.ts';
import { contentsOf, describeOutboxStore, queuedAnswer, queuedSegment } from '../contracts/outbox-store.ts';

describeOutboxStore('memory', async () => new MemoryOutboxStore());

const LIMITS: OutboxLimits = { bytes: 1_000, ageMs: 500 };
const TEA: Prediction = { text: 'tea', place: 'server', encodeMs: 1, predictMs: 80 };

function queue(
  store: OutboxStore,
  id: string,
  bytes: number,
  nowUnixMs: number,
  place: { queryKey?: string; segmentId?: number; joinedSegmentIds?: readonly number[] } = {},
): Promise<readonly Dropped[]> {
  const draft = {
    ...{ id, bytes, createdAtUnixMs: nowUnixMs, contract: '1' },
    ...{ queryKey: 'visit-a/1', segmentId: 0, joinedSegmentIds: [], ...place },
  };
  return store.transact((contents) => admit(contents, draft, new Uint8Array(bytes), LIMITS, nowUnixMs));
}

async function waitingIds(store: OutboxStore): Promise<readonly string[]> {
  return (await contentsOf(store)).segments.map(({ id }) => id);
}

type Event =
  | { readonly type: 'queue'; readonly bytes: number }
  | { readonly type: 'send' }
  | { readonly type: 'delete'; readonly pick: number }
  | { readonly type: 'pause'; readonly ms: number };

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('queue'), bytes: fc.integer({ min: 1, max: 1_200 }) }) },
  { weight: 2, arbitrary: fc.constant<Event>({ type: 'send' }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete'), pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('pause'), ms: fc.nat(300) }) },
);

describe('a queue of segments', () => {
  it('sends in the order of queueing, stays within its bounds, and answers or drops each segment once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 40 }), async (events) => {
        const store = new MemoryOutboxStore();
        const sizes = new Map<string, { readonly bytes: number; readonly atMs: number }>();
        const ended: string[] = [];
        const answered: string[] = [];
        let nowMs = 0;
        const hear = (dropped: readonly Dropped[]): void => {
          for (const { segment } of dropped) ended.push((segment as { id?: string } | undefined)?.id ?? '?');
        };
        for (const event of events) {
          if (event.type === 'pause') nowMs += event.ms;
          if (event.type === 'queue') {
            const id = `s${sizes.size}`;
            sizes.set(id, { bytes: event.bytes, atMs: nowMs });
            hear(await queue(store, id, event.bytes, nowMs, { segmentId: sizes.size }));
          }
          if (event.type === 'send') {
            const { head, dropped } = await store.transact((contents) => takeHead(contents, LIMITS, nowMs));
            hear(dropped);
            if (head === undefined) continue;
            const isNew = await store.transact((contents) => settle(contents, head.id, TEA, 1, nowMs));
            expect(isNew).toBe(true);
            // The server's answer to a repeat of the request.
            expect(await store.transact((contents) => settle(contents, head.id, TEA, 1, nowMs))).toBe(false);
            expect(nowMs - sizes.get(head.id)!.atMs).toBeLessThanOrEqual(LIMITS.ageMs);
            answered.push(head.id);
          }
          if (event.type === 'delete') {
            const ids = await waitingIds(store);
            const chosen = ids[event.pick % Math.max(1, ids.length)];
            if (chosen === undefined) continue;
            await store.transact((contents) => remove(contents, ({ id }) => id === chosen));
            ended.push(chosen);
          }
          const { segments } = await contentsOf(store);
          expect(segments.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(LIMITS.bytes);
        }
        const numberOf = (id: string): number => Number(id.slice(1));
        expect(answered).toEqual(answered.toSorted((a, b) => numberOf(a) - numberOf(b)));
        const waiting = await waitingIds(store);
        expect(waiting).toEqual(waiting.toSorted((a, b) => numberOf(a) - numberOf(b)));
        const all = [...answered, ...ended.filter((id) => !answered.includes(id)), ...waiting];
        expect(all.toSorted()).toEqual([...sizes.keys()].toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it('lets the oldest go when there is no room, and says why', async () => {
    const store = new MemoryOutboxStore();
    await queue(store, 'first', 400, 0, { segmentId: 1 });
    await queue(store, 'second', 400, 1, { segmentId: 2 });
    const dropped = await queue(store, 'third', 600, 2, { segmentId: 3 });
    expect(dropped.map(({ reason, segment }) => [reason, segment?.segmentId])).toEqual([['bytes', 1]]);
    expect(await waitingIds(store)).toEqual(['second', 'third']);
  });

  it('does not take a segment that alone is too large, and keeps the others', async () => {
    const store = new MemoryOutboxStore();
    await queue(store, 'first', 400, 0, { segmentId: 1 });
    const dropped = await queue(store, 'huge', 1_001, 1, { segmentId: 2 });
    expect(dropped.map(({ reason, segment }) => [reason, segment?.segmentId])).toEqual([['bytes', 2]]);
    expect(await waitingIds(store)).toEqual(['first']);
  });

  it('lets speech go that is too old, and texts that no page came for', async () => {
    const store = new MemoryOutboxStore();
    await queue(store, 'answered', 10, 0, { segmentId: 1 });
    await store.transact((contents) => settle(contents, 'answered', TEA, 1, 100));
    await queue(store, 'old', 10, 50, { segmentId: 2 });
    await queue(store, 'fresh', 10, 400, { segmentId: 3 });
    const at600 = await store.transact((contents) => takeHead(contents, LIMITS, 600));
    expect(at600.head?.id).toBe('fresh');
    expect(at600.dropped.map(({ reason, segment }) => [reason, segment?.segmentId])).toEqual([['age', 2]]);
    const at601 = await store.transact((contents) => takeHead(contents, LIMITS, 601));
    expect(at601.dropped.map(({ segment }) => segment?.segmentId)).toEqual([1]);
    expect((await contentsOf(store)).answers).toEqual([]);
  });

  it('gives the place of segments to the longer one that holds them again', async () => {
    const store = new MemoryOutboxStore();
    await queue(store, 'first', 100, 0, { segmentId: 1 });
    await queue(store, 'other query', 100, 0, { segmentId: 1, queryKey: 'visit-a/2' });
    expect(await queue(store, 'both', 200, 1, { segmentId: 2, joinedSegmentIds: [1] })).toEqual([]);
    expect(await waitingIds(store)).toEqual(['other query', 'both']);
  });

  it('knows a segment by its key: queued again, waiting or answered, it changes nothing', async () => {
    const store = new MemoryOutboxStore();
    await queue(store, 'once', 100, 0);
    await queue(store, 'once', 100, 1);
    expect(await waitingIds(store)).toEqual(['once']);
    await store.transact((contents) => settle(contents, 'once', TEA, 1, 2));
    await queue(store, 'once', 100, 3);
    expect(await waitingIds(store)).toEqual([]);
  });

  it('ignores an answer to a segment that was deleted while it was on its way', async () => {
    const store = new MemoryOutboxStore();
    await queue(store, 'once', 100, 0);
    await store.transact((contents) => remove(contents, () => true));
    expect(await store.transact((contents) => settle(contents, 'once', TEA, 1, 2))).toBe(false);
    expect((await contentsOf(store)).answers).toEqual([]);
  });
});

describe('answers that no page has yet', () => {
  it('go to their own page while it is there, and to another when it is gone', () => {
    const answers = [
      queuedAnswer('mine', 1, { visit: 'visit-a' }),
      queuedAnswer('theirs', 2, { visit: 'visit-b' }),
      queuedAnswer('orphan', 3, { visit: 'visit-c' }),
    ];
    const { result, putAnswers } = claimAnswers(
      { segments: [queuedSegment('waiting', 4)], answers, damagedCount: 0 },
      'visit-a',
      new Set(['visit-a', 'visit-b']),
    );
    expect(result.map(({ id }) => id)).toEqual(['mine', 'orphan']);
    expect(putAnswers).toEqual([queuedAnswer('orphan', 3, { visit: 'visit-a' })]);
  });
});

describe('the key of a query', () => {
  it('names visit and number, whatever the visit is called', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (visit, other, queryId) => {
        const key = queryKeyOf(visit, queryId);
        expect(visitOf(key)).toBe(visit);
        expect(queryIdIn(visit, key)).toBe(queryId);
        if (other !== visit) expect(queryIdIn(other, key)).toBeUndefined();
      }),
    );
  });
});
