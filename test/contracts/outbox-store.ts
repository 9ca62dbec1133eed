import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutboxChange, OutboxContents, OutboxStore } from '../../src/delivery/outbox-store.ts';
import type { QueuedAnswer, QueuedSegment } from '../../src/protocol/outbox.ts';

/** A segment as it lies in an outbox. */
export function queuedSegment(id: string, position: number, overrides: Partial<QueuedSegment> = {}): QueuedSegment {
  return {
    ...{ id, position, queryKey: 'visit-a/1', segmentId: position, joinedSegmentIds: [], bytes: 46 },
    ...{ createdAtUnixMs: 1_700_000_000_000 + position, contract: '1' },
    ...overrides,
  };
}

/** The answer to it. */
export function queuedAnswer(id: string, position: number, overrides: Partial<QueuedAnswer> = {}): QueuedAnswer {
  const { queryKey, segmentId, joinedSegmentIds, createdAtUnixMs } = queuedSegment(id, position);
  return {
    ...{ id, position, queryKey, segmentId, joinedSegmentIds, createdAtUnixMs, answeredAtUnixMs: createdAtUnixMs + 5 },
    ...{ text: `text of ${id}`, place: 'server', encodeMs: 1, predictMs: 90, attemptCount: 1, visit: 'visit-a' },
    ...overrides,
  };
}

/** What lies in a store. */
export function contentsOf(store: OutboxStore): Promise<OutboxContents> {
  return store.transact((contents) => ({ result: contents }));
}

function change(store: OutboxStore, made: OutboxChange): Promise<void> {
  return store.transact(() => ({ ...made, result: undefined }));
}

function wavOf(id: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`audio of ${id}`);
}

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;
const anyId = fc.constantFrom(...IDS);
const anyChange: fc.Arbitrary<OutboxChange> = fc.oneof(
  fc.record({ id: anyId, position: fc.nat(50) }).map(({ id, position }) => ({
    add: { segment: queuedSegment(id, position), wav: wavOf(`${id}${position}`) },
  })),
  fc.array(anyId, { maxLength: 2 }).map((removeSegments) => ({ removeSegments })),
  fc.array(anyId, { maxLength: 2 }).map((removeAnswers) => ({ removeAnswers })),
  fc.record({ id: anyId, position: fc.nat(50) }).map(({ id, position }) => ({
    removeSegments: [id],
    putAnswers: [queuedAnswer(id, position)],
  })),
);

/** What every implementation of {@link OutboxStore} must do. @param open A new, empty store each time. */
export function describeOutboxStore(name: string, open: () => Promise<OutboxStore>): void {
  describe(`${name} as an outbox store`, () => {
    const opened: OutboxStore[] = [];
    const openOne = async (): Promise<OutboxStore> => {
      const store = await open();
      opened.push(store);
      return store;
    };
    afterEach(() => {
      for (const store of opened.splice(0)) store.close();
    });

    it('is empty at first', async () => {
      const store = await openOne();
      expect(await contentsOf(store)).toEqual({ segments: [], answers: [], damagedCount: 0 });
      expect(await store.readWav('a')).toBeUndefined();
    });

    it('keeps a segment and its audio, byte by byte', async () => {
      const store = await openOne();
      const wav = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
      await change(store, { add: { segment: queuedSegment('a', 1), wav } });
      expect((await contentsOf(store)).segments).toEqual([queuedSegment('a', 1)]);
      expect(await store.readWav('a')).toEqual(wav);
    });

    it('gives segments and answers in the order of their positions, not of their ids', async () => {
      const store = await openOne();
      for (const [id, position] of [
        ['c', 1],
        ['a', 3],
        ['b', 10],
      ] as const) {
        await change(store, { add: { segment: queuedSegment(id, position), wav: wavOf(id) } });
        await change(store, { putAnswers: [queuedAnswer(id, position)] });
      }
      const { segments, answers } = await contentsOf(store);
      expect(segments.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
      expect(answers.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    });

    it('lets audio go with its segment', async () => {
      const store = await openOne();
      await change(store, { add: { segment: queuedSegment('a', 1), wav: wavOf('a') } });
      await change(store, { removeSegments: ['a'] });
      expect(await store.readWav('a')).toBeUndefined();
    });

    it('changes nothing when a step throws', async () => {
      const store = await openOne();
      await change(store, { add: { segment: queuedSegment('a', 1), wav: wavOf('a') } });
      const failing = store.transact(() => {
        throw new RangeError('no');
      });
      await expect(failing).rejects.toThrow(new RangeError('no'));
      expect((await contentsOf(store)).segments).toHaveLength(1);
    });

    it('gives each of many steps at once the contents that the one before left', async () => {
      const store = await openOne();
      const counts = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.transact(({ segments }) => ({
            add: { segment: queuedSegment(`s${index}`, segments.length + 1), wav: wavOf('s') },
            result: segments.length,
          })),
        ),
      );
      expect(counts.toSorted((a, b) => a - b)).toEqual([...Array(20).keys()]);
      expect((await contentsOf(store)).segments.map(({ position }) => position)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    });

    it('holds what any sequence of changes leaves', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyChange, { maxLength: 12 }), async (changes) => {
          const store = await openOne();
          const segments = new Map<string, QueuedSegment>();
          const answers = new Map<string, QueuedAnswer>();
          const wavs = new Map<string, Uint8Array>();
          await change(store, { removeSegments: [...IDS], removeAnswers: [...IDS] });
          for (const made of changes) {
            await change(store, made);
            for (const id of made.removeSegments ?? []) {
              segments.delete(id);
              wavs.delete(id);
            }
            if (made.add !== undefined) {
              segments.set(made.add.segment.id, made.add.segment);
              wavs.set(made.add.segment.id, made.add.wav);
            }
            for (const id of made.removeAnswers ?? []) answers.delete(id);
            for (const answer of made.putAnswers ?? []) answers.set(answer.id, answer);
          }
          const held = await contentsOf(store);
          expect(new Map(held.segments.map((segment) => [segment.id, segment]))).toEqual(segments);
          expect(new Map(held.answers.map((answer) => [answer.id, answer]))).toEqual(answers);
          for (const id of IDS) expect(await store.readWav(id)).toEqual(wavs.get(id));
        }),
        { numRuns: 60 },
      );
    });
  });
}
