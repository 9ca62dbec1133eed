import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { QueuedAnswer, QueuedSegment } from '../protocol/outbox.ts';
import { parseQueuedAnswer, parseQueuedSegment } from '../protocol/outbox-records.ts';
import { inOrder } from './memory-outbox-store.ts';
import { OUTBOX_DATABASE, OUTBOX_SCHEMA_VERSION, type OutboxSchema, upgradeOutbox } from './outbox-schema.ts';
import type { OutboxContents, OutboxStep, OutboxStore } from './outbox-store.ts';

/** What an open database has to say on its own. */
export interface IndexedDbOutboxEvents {
  /** The connection is gone: a newer version of the site wants the database, or the browser took it. Open it again. */
  readonly onLost: () => void;
}

const EVERY_STORE = ['segments', 'audio', 'answers'] as const;

type Transaction = IDBPTransaction<OutboxSchema, typeof EVERY_STORE, 'readwrite'>;

/** An outbox in IndexedDB, shared by all pages and workers of the site; it survives all of them. */
export class IndexedDbOutboxStore implements OutboxStore {
  readonly #database: IDBPDatabase<OutboxSchema>;

  private constructor(database: IDBPDatabase<OutboxSchema>) {
    this.#database = database;
  }

  /**
   * Opens the site's outbox, bringing one of an earlier version up to date.
   *
   * @param patience Aborts to give up while an earlier version is open elsewhere and does not make way.
   * @throws DOMException when the browser gives no storage (private windows, blocked site data) or holds a newer version.
   */
  static async open(
    events: IndexedDbOutboxEvents,
    patience?: AbortSignal,
    name: string = OUTBOX_DATABASE,
  ): Promise<IndexedDbOutboxStore> {
    patience?.throwIfAborted();
    let opened: IDBPDatabase<OutboxSchema> | undefined;
    const opening = openDB<OutboxSchema>(name, OUTBOX_SCHEMA_VERSION, {
      upgrade: (database, oldVersion, _newVersion, transaction) => {
        upgradeOutbox(database, oldVersion, transaction).catch(() => abandon(transaction));
      },
      blocking: () => {
        opened?.close();
        events.onLost();
      },
      terminated: events.onLost,
    });
    const database = await unlessImpatient(opening, patience);
    opened = database;
    return new IndexedDbOutboxStore(database);
  }

  async transact<T>(step: (contents: OutboxContents) => OutboxStep<T>): Promise<T> {
    // What was said must outlive a power cut, not only the browser.
    const transaction = this.#database.transaction(EVERY_STORE, 'readwrite', { durability: 'strict' });
    try {
      const result = await carryOut(transaction, step);
      await transaction.done;
      return result;
    } catch (thrown) {
      // The transaction's own end says the same once more.
      transaction.done.catch(() => undefined);
      abandon(transaction);
      throw transaction.error ?? thrown;
    }
  }

  async readWav(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const wav = await this.#database.get('audio', id);
    return wav instanceof Uint8Array ? (wav as Uint8Array<ArrayBuffer>) : undefined;
  }

  close(): void {
    this.#database.close();
  }
}

function abandon(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // A failed request has ended it already.
  }
}

async function carryOut<T>(transaction: Transaction, step: (contents: OutboxContents) => OutboxStep<T>): Promise<T> {
  const segments = transaction.objectStore('segments');
  const audio = transaction.objectStore('audio');
  const answers = transaction.objectStore('answers');
  const [foundSegments, foundAnswers, audioKeys] = await Promise.all([
    readAll(segments, parseQueuedSegment),
    readAll(answers, parseQueuedAnswer),
    audio.getAllKeys(),
  ]);
  const hasAudio = new Set(audioKeys);
  const heard = foundSegments.records.filter(({ id }) => hasAudio.has(id));
  const mute = foundSegments.records.filter(({ id }) => !hasAudio.has(id)).map(({ id }) => id);
  const damagedCount = foundSegments.damaged.length + mute.length + foundAnswers.damaged.length;
  const contents = { segments: inOrder(heard), answers: inOrder(foundAnswers.records), damagedCount };
  const { add, removeSegments = [], putAnswers = [], removeAnswers = [], result } = step(contents);
  const done: Promise<unknown>[] = [];
  for (const id of [...foundSegments.damaged, ...mute, ...removeSegments]) {
    done.push(segments.delete(id), audio.delete(id));
  }
  for (const id of [...foundAnswers.damaged, ...removeAnswers]) done.push(answers.delete(id));
  if (add !== undefined) done.push(segments.put(add.segment), audio.put(add.wav, add.segment.id));
  for (const answer of putAnswers) done.push(answers.put(answer));
  await Promise.all(done);
  return result;
}

interface Readable {
  getAllKeys(): Promise<string[]>;
  getAll(): Promise<unknown[]>;
}

async function readAll<T extends QueuedSegment | QueuedAnswer>(
  store: Readable,
  parse: (value: unknown) => T | undefined,
): Promise<{ readonly records: readonly T[]; readonly damaged: readonly string[] }> {
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  const records: T[] = [];
  const damaged: string[] = [];
  for (const [index, key] of keys.entries()) {
    const record = parse(values[index]);
    if (record === undefined) damaged.push(key);
    else records.push(record);
  }
  return { records, damaged };
}

/** The database, or the reason of a signal that aborts first; it is then closed as soon as it opens. */
function unlessImpatient<T extends { close(): void }>(opening: Promise<T>, patience?: AbortSignal): Promise<T> {
  if (patience === undefined) return opening;
  return new Promise((resolve, reject) => {
    patience.addEventListener('abort', () => reject(patience.reason), { once: true });
    opening.then((database) => (patience.aborted ? database.close() : resolve(database)), reject);
  });
}
