import { createHmac, randomBytes } from 'node:crypto';
import Database from 'libsql';
import type { MetricName } from '../../metrics/metric-table.ts';
import type { Slice } from '../../metrics/otlp.ts';
import type { Ms } from '../../units.ts';
import { keyHash } from './key-sample.ts';
import { type MetricStatements, prepareStatements, SCHEMA } from './metric-statements.ts';
import type { DeviceBatch } from './otlp-reader.ts';
import { CELLS, cellStart, RESOLUTIONS, type Resolution } from './resolution.ts';
import { decodeTally, encodeTally, mergeTallies, type Tally, type TallyColumns } from './tally.ts';

/** Which cells are asked for. */
export interface CellQuery {
  readonly metric: MetricName;
  readonly resolution: Resolution;
  readonly fromMs: Ms;
  /** Cells that begin before it. */
  readonly toMs: Ms;
  /** Fields that are given narrow the slices down. */
  readonly slice: Partial<Slice>;
}

/** One cell of one metric in one slice. */
export interface StoredCell {
  readonly startMs: Ms;
  readonly tally: Tally;
}

/** More slices than any fleet has are somebody's play: the rest is counted under `other`. */
const MOST_SLICES = 500;
const OTHER = 'other';
const SALT_BYTES = 32;
/** Batches may be so old; their ids, and the salts of their days, are kept a little longer. */
const REMEMBERED_MS: Ms = 50 * 3_600_000;

interface CellRow extends TallyColumns {
  readonly startMs: Ms;
}

/**
 * What the devices told, in one SQLite file: sums only, by minute, hour and day.
 *
 * Each commit is on the disk when it returns (write-ahead log, `synchronous = FULL`); what a power cut or a kill interrupts
 * is as if it had never been. No session's key is kept: cells hold a few hashes, salted anew every day, to tell how many
 * sessions they are of.
 */
export class MetricDatabase {
  readonly #database: Database.Database;
  readonly #slices = new Map<string, number>();
  readonly #salts = new Map<Ms, Buffer>();
  readonly #statements: MetricStatements;
  /** What stands in the journal, by cell of a minute. */
  #pending = new Map<string, CellSum>();

  /**
   * @param path Of the file; `:memory:` keeps nothing beyond the process.
   * @throws The database's error when the file cannot be opened or is no database.
   */
  constructor(path: string) {
    this.#database = new Database(path);
    // A second process, such as a backup, may hold the file for a moment.
    this.#database.exec('PRAGMA busy_timeout = 5000');
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.#database.exec(SCHEMA);
    this.#statements = prepareStatements(this.#database);
    this.#readSlices();
    // What a process that was killed had committed.
    for (const { sums } of this.#statements.journal.all() as { sums: string }[]) {
      for (const sum of JSON.parse(sums) as CellSum[]) addTo(this.#pending, sum);
    }
    this.fold();
  }

  /**
   * Adds batches in one transaction, which is on the disk when this returns.
   *
   * @returns For each batch, whether it counted: one whose id was seen before does not.
   */
  commit(batches: readonly DeviceBatch[]): boolean[] {
    return this.#transact(() => {
      const isNew = batches.map((batch) => this.#remember(batch));
      const sums = this.#sumUp(batches.filter((_, at) => isNew[at]));
      if (sums.length > 0) this.#statements.insertJournal.run(JSON.stringify(sums));
      const afterwards = (): void => {
        for (const sum of sums) addTo(this.#pending, sum);
      };
      return { result: isNew, afterwards };
    });
  }

  /** Adds what stands in the journal to the cells. Queries see the cells only. */
  fold(): void {
    if (this.#pending.size === 0) return;
    this.#transact(() => {
      for (const { place, tally } of this.#pending.values()) this.#add(place, tally);
      this.#statements.clearJournal.run();
      return { result: undefined, afterwards: () => this.#pending.clear() };
    });
  }

  /** The cells of a metric in the slices that fit, in the order of time; several slices have several cells of the same time. */
  cells({ metric, resolution, fromMs, toMs, slice }: CellQuery): StoredCell[] {
    this.fold();
    const { release = null, locale = null, device = null, browser = null } = slice;
    const rows = this.#statements.cells.all({
      ...{ resolution, metric, fromMs, toMs },
      ...{ release, locale, device, browser },
    }) as CellRow[];
    return rows.map((row) => ({ startMs: row.startMs, tally: decodeTally(metric, row) }));
  }

  /** Every slice that was met. */
  slices(): Slice[] {
    return (this.#statements.slices.all() as (Slice & { id: number })[]).map(
      ({ release, locale, device, browser }): Slice => ({ release, locale, device, browser }),
    );
  }

  /** Deletes what is older than it is kept. */
  prune(nowMs: Ms): void {
    const { pruneCells, pruneBatches, pruneSalts } = this.#statements;
    this.fold();
    this.#transact(() => {
      for (const resolution of RESOLUTIONS) pruneCells.run(resolution, nowMs - CELLS[resolution].keptMs);
      pruneBatches.run(nowMs - REMEMBERED_MS);
      pruneSalts.run(cellStart('day', nowMs - REMEMBERED_MS));
      return { result: undefined, afterwards: () => this.#salts.clear() };
    });
  }

  close(): void {
    this.fold();
    this.#database.close();
  }

  /** Runs in one transaction; `afterwards` runs only when it stands. */
  #transact<T>(run: () => { readonly result: T; readonly afterwards: () => void }): T {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      const { result, afterwards } = run();
      commit.run();
      afterwards();
      return result;
    } catch (error) {
      if (this.#database.inTransaction) rollback.run();
      // What was made within the transaction is not there.
      this.#salts.clear();
      this.#readSlices();
      throw error;
    }
  }

  #remember({ batchId, endMs }: DeviceBatch): boolean {
    return this.#statements.insertBatch.run(cellStart('hour', endMs), batchId).changes === 1;
  }

  /** What the batches add to each cell: many devices share one. */
  #sumUp(batches: readonly DeviceBatch[]): CellSum[] {
    const sums = new Map<string, CellSum>();
    for (const { sessionKey, slice, endMs, tallies } of batches) {
      const sliceId = this.#sliceId(slice);
      const keys = [this.#hash(sessionKey, endMs)];
      const startMs = cellStart('minute', endMs);
      for (const [metric, { counts, sum }] of tallies) {
        addTo(sums, { place: { metric, sliceId, startMs }, tally: { counts: [...counts], sum, keys } });
      }
    }
    return [...sums.values()];
  }

  #add({ metric, sliceId, startMs }: CellPlace, tally: Tally): void {
    const { readCell, writeCell } = this.#statements;
    for (const resolution of RESOLUTIONS) {
      const start = cellStart(resolution, startMs);
      const row = readCell.get(resolution, metric, sliceId, start) as TallyColumns | undefined;
      const sum = row === undefined ? tally : mergeTallies(decodeTally(metric, row), tally);
      const columns = encodeTally(sum);
      writeCell.run(resolution, metric, sliceId, start, columns.counts, columns.sum, columns.keys);
    }
  }

  #readSlices(): void {
    this.#slices.clear();
    for (const { id, ...slice } of this.#statements.slices.all() as (Slice & { id: number })[]) {
      this.#slices.set(sliceKey(slice), id);
    }
  }

  #sliceId(slice: Slice): number {
    const known = this.#slices.get(sliceKey(slice));
    if (known !== undefined) return known;
    if (this.#slices.size >= MOST_SLICES && slice.release !== OTHER) {
      return this.#sliceId({ ...slice, release: OTHER, locale: OTHER });
    }
    const { release, locale, device, browser } = slice;
    const id = Number(this.#statements.insertSlice.run(release, locale, device, browser).lastInsertRowid);
    this.#slices.set(sliceKey(slice), id);
    return id;
  }

  #hash(sessionKey: string, timeMs: Ms): number {
    const dayMs = cellStart('day', timeMs);
    let salt = this.#salts.get(dayMs);
    if (salt === undefined) {
      this.#statements.insertSalt.run(dayMs, randomBytes(SALT_BYTES));
      salt = (this.#statements.salt.get(dayMs) as { bytes: Buffer }).bytes;
      this.#salts.set(dayMs, salt);
    }
    return keyHash(createHmac('sha256', salt).update(sessionKey).digest());
  }
}

interface CellPlace {
  readonly metric: MetricName;
  readonly sliceId: number;
  /** Of the minute. */
  readonly startMs: Ms;
}

interface CellSum {
  readonly place: CellPlace;
  tally: Tally;
}

/** Adds to the sum of the same cell; takes the tally over. */
function addTo(sums: Map<string, CellSum>, { place, tally }: CellSum): void {
  const address = `${place.metric} ${place.sliceId} ${place.startMs}`;
  const known = sums.get(address);
  if (known === undefined) sums.set(address, { place, tally });
  else known.tally = mergeTallies(known.tally, tally);
}

function sliceKey({ release, locale, device, browser }: Slice): string {
  return [release, locale, device, browser].join('\n');
}
