import { deleteDB, openDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import { IndexedDbOutboxStore } from '../../src/delivery/indexed-db-outbox-store.ts';
import { admit } from '../../src/delivery/outbox-steps.ts';
import { encodeWavPcm16 } from '../../src/dsp/wav.ts';
import { contentsOf, describeOutboxStore, queuedSegment } from '../contracts/outbox-store.ts';

const opened: IndexedDbOutboxStore[] = [];
let nameCount = 0;

/** A database that no other test uses, deleted at the end. */
function newName(): string {
  nameCount++;
  return `outbox-test-${nameCount}`;
}

async function open(
  name: string,
  patience?: AbortSignal,
  onLost = (): void => undefined,
): Promise<IndexedDbOutboxStore> {
  const store = await IndexedDbOutboxStore.open({ onLost }, patience, name);
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) store.close();
  for (; nameCount > 0; nameCount--) await deleteDB(`outbox-test-${nameCount}`);
});

describeOutboxStore('IndexedDB', () => open(newName()));

const LIMITS = { bytes: 1e9, ageMs: 1e12 };

async function add(store: IndexedDbOutboxStore, id: string, wav: Uint8Array<ArrayBuffer>): Promise<void> {
  const { position: _, ...draft } = queuedSegment(id, 0, { bytes: wav.length });
  await store.transact((contents) => admit(contents, draft, wav, LIMITS, draft.createdAtUnixMs));
}

/** The database as version 1 made it: the audio inside each segment's record. */
async function makeVersion1(name: string): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const wavs = [3, 4].map((sample) => encodeWavPcm16(new Int16Array(1_600).fill(sample), 16_000));
  const database = await openDB(name, 1, {
    upgrade: (made) => void made.createObjectStore('segments', { keyPath: 'id' }),
  });
  for (const [index, wav] of wavs.entries()) {
    await database.put('segments', { ...queuedSegment(`old-${index}`, index + 1, { bytes: wav.length }), wav });
  }
  database.close();
  return wavs;
}

describe('an outbox on the device', () => {
  it('is there again after it was closed', async () => {
    const name = newName();
    const store = await open(name);
    await add(store, 'a', new Uint8Array([1, 2, 3]));
    store.close();
    const again = await open(name);
    expect((await contentsOf(again)).segments.map(({ id }) => id)).toEqual(['a']);
    expect(await again.readWav('a')).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('keeps what an earlier version of the schema held, in order, byte by byte', async () => {
    const name = newName();
    const wavs = await makeVersion1(name);
    const store = await open(name);
    const { segments, answers, damagedCount } = await contentsOf(store);
    expect(segments).toEqual([
      queuedSegment('old-0', 1, { bytes: wavs[0]!.length }),
      queuedSegment('old-1', 2, { bytes: wavs[1]!.length }),
    ]);
    expect([answers, damagedCount]).toEqual([[], 0]);
    expect(await store.readWav('old-0')).toEqual(wavs[0]);
    expect(await store.readWav('old-1')).toEqual(wavs[1]);
    await add(store, 'new', wavs[0]!);
    expect((await contentsOf(store)).segments.map(({ id }) => id)).toEqual(['old-0', 'old-1', 'new']);
  });

  it('waits until an earlier version makes way, and gives up when its caller loses patience', async () => {
    const name = newName();
    await makeVersion1(name);
    const stubborn = await openDB(name, 1);
    const patience = new AbortController();
    const waiting = open(name, patience.signal);
    patience.abort(new DOMException('enough', 'TimeoutError'));
    await expect(waiting).rejects.toThrow('enough');
    stubborn.close();
    const store = await open(name);
    expect((await contentsOf(store)).segments).toHaveLength(2);
  });

  it('makes way itself for a newer version, and says that it is gone', async () => {
    const name = newName();
    const lost = await new Promise<string>((resolve, reject) => {
      void open(name, undefined, () => resolve('lost'))
        .then(() => openDB(name, 3))
        .then((newer) => newer.close())
        .catch(reject);
    });
    expect(lost).toBe('lost');
    await expect(contentsOf(opened[0]!)).rejects.toThrow();
    await expect(open(name)).rejects.toMatchObject({ name: 'VersionError' });
  });

  it('lets damaged records go, and counts them once', async () => {
    const name = newName();
    const store = await open(name);
    await add(store, 'good', new Uint8Array([1]));
    await add(store, 'mute', new Uint8Array([2]));
    const database = await openDB(name, 2);
    await database.put('segments', { id: 'no position', queryKey: 'visit-a/1' });
    await database.put('segments', { ...queuedSegment('text for a number', 9), bytes: '46' });
    await database.put('answers', { id: 'no text' });
    await database.delete('audio', 'mute');
    database.close();
    const { segments, answers, damagedCount } = await contentsOf(store);
    expect([segments.map(({ id }) => id), answers, damagedCount]).toEqual([['good'], [], 4]);
    expect((await contentsOf(store)).damagedCount).toBe(0);
  });
});
