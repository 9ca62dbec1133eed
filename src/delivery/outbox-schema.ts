import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';

/** Name of the database. */
export const OUTBOX_DATABASE: 'ossicle-outbox' = 'ossicle-outbox';
/** Version of {@link OutboxSchema}. */
export const OUTBOX_SCHEMA_VERSION: 2 = 2;

/** The object stores; values are parsed, whatever wrote them. */
export interface OutboxSchema extends DBSchema {
  /** Segments without their audio, by id: listing what waits reads no audio. */
  readonly segments: { key: string; value: unknown };
  /** WAV files, by the id of their segment. */
  readonly audio: { key: string; value: unknown };
  /** Texts that no page has yet, by the id of their segment. */
  readonly answers: { key: string; value: unknown };
}

type Upgrade = IDBPTransaction<OutboxSchema, ('segments' | 'audio' | 'answers')[], 'versionchange'>;

/**
 * Brings a database of any earlier version to the present one; what waits in it stays.
 *
 * Version 1 kept each segment's audio in its record, as `wav`, and no answers. Version 2 has a store for each.
 */
export async function upgradeOutbox(
  database: IDBPDatabase<OutboxSchema>,
  oldVersion: number,
  transaction: Upgrade,
): Promise<void> {
  database.createObjectStore('audio');
  database.createObjectStore('answers', { keyPath: 'id' });
  if (oldVersion < 1) {
    database.createObjectStore('segments', { keyPath: 'id' });
    return;
  }
  const segments = transaction.objectStore('segments');
  for (let cursor = await segments.openCursor(); cursor !== null; cursor = await cursor.continue()) {
    const { value } = cursor;
    if (typeof value !== 'object' || value === null || !('wav' in value)) continue;
    const { wav, ...segment } = value;
    await transaction.objectStore('audio').put(wav, cursor.key);
    await cursor.update(segment);
  }
}
