import type { Ms } from '../../units.ts';
import type { MetricDatabase } from './metric-database.ts';
import type { DeviceBatch } from './otlp-reader.ts';

/** Posts of one session that are counted in a minute; a device sends one a minute, and one whenever its page is hidden. */
const SESSION_POSTS_PER_MINUTE = 30;
const MINUTE_MS: Ms = 60_000;
/** How long what was committed may stand in the journal, which grows meanwhile. */
const FOLD_EVERY_MS: Ms = 5_000;
const PRUNE_EVERY_MS: Ms = 3_600_000;
/** Batches in one commit, at most: bounds how long other requests wait for it. */
const GROUP_LIMIT = 256;

interface Waiting {
  readonly batch: DeviceBatch;
  readonly done: (isNew: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Takes batches in groups: all that arrive while the disk is busy with one commit share the next one.
 *
 * Source: group commit, DeWitt et al., "Implementation techniques for main memory database systems", SIGMOD 1984.
 */
export class MetricIngest {
  readonly #database: MetricDatabase;
  readonly #nowMs: () => Ms;
  readonly #added: (batch: DeviceBatch) => void;
  readonly #report: (message: string) => void;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #minute = 0;
  readonly #postCounts = new Map<string, number>();
  #foldAtMs = 0;
  #pruneAtMs = 0;

  /**
   * @param nowMs Epoch time.
   * @param added Hears of every batch that counted.
   * @param report Hears when the database could not be tidied, which is tried again.
   */
  constructor(
    database: MetricDatabase,
    nowMs: () => Ms,
    added: (batch: DeviceBatch) => void,
    report: (message: string) => void,
  ) {
    this.#database = database;
    this.#nowMs = nowMs;
    this.#added = added;
    this.#report = report;
  }

  /** True when the session may send one more in this minute. */
  admits(sessionKey: string): boolean {
    const minute = Math.floor(this.#nowMs() / MINUTE_MS);
    if (minute !== this.#minute) this.#postCounts.clear();
    this.#minute = minute;
    const count = (this.#postCounts.get(sessionKey) ?? 0) + 1;
    this.#postCounts.set(sessionKey, count);
    return count <= SESSION_POSTS_PER_MINUTE;
  }

  /**
   * Adds a batch; resolves when it is on the disk, with false when it was there before.
   *
   * @throws The database's error; nothing is counted then.
   */
  add(batch: DeviceBatch): Promise<boolean> {
    return new Promise((done, failed) => {
      this.#waiting.push({ batch, done, failed });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      // After whatever else arrived in this turn of the loop.
      setImmediate(() => this.#commit());
    });
  }

  #commit(): void {
    const group = this.#waiting.splice(0, GROUP_LIMIT);
    this.#isScheduled = this.#waiting.length > 0;
    if (this.#isScheduled) setImmediate(() => this.#commit());
    try {
      const isNew = this.#database.commit(group.map(({ batch }) => batch));
      for (const [at, { batch, done }] of group.entries()) {
        if (isNew[at]) this.#added(batch);
        done(isNew[at]!);
      }
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
    this.#tidy();
  }

  #tidy(): void {
    const nowMs = this.#nowMs();
    try {
      if (nowMs >= this.#foldAtMs) {
        this.#foldAtMs = nowMs + FOLD_EVERY_MS;
        this.#database.fold();
      }
      if (nowMs >= this.#pruneAtMs) {
        this.#pruneAtMs = nowMs + PRUNE_EVERY_MS;
        this.#database.prune(nowMs);
      }
    } catch (error) {
      // What was taken in stands in the journal.
      this.#report(`The metrics could not be tidied: ${String(error)}`);
    }
  }
}
