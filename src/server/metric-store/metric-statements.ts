import type Database from 'libsql';

/**
 * The tables. `journal` holds what is committed and not yet added to the cells: rows are appended, so that a commit writes
 * little wherever its cells lie.
 */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS slice (
    id INTEGER PRIMARY KEY, release TEXT NOT NULL, locale TEXT NOT NULL, device TEXT NOT NULL, browser TEXT NOT NULL,
    UNIQUE (release, locale, device, browser)
  );
  CREATE TABLE IF NOT EXISTS cell (
    resolution TEXT NOT NULL, metric TEXT NOT NULL, slice INTEGER NOT NULL, startMs INTEGER NOT NULL,
    counts BLOB NOT NULL, sum INTEGER NOT NULL, keys BLOB NOT NULL,
    PRIMARY KEY (resolution, metric, slice, startMs)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, sums TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS batch (hourMs INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (hourMs, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS salt (dayMs INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
`;

/** Every statement, by what it does. */
export type MetricStatements = Readonly<
  Record<
    | 'begin'
    | 'commit'
    | 'rollback'
    | 'slices'
    | 'insertSlice'
    | 'insertBatch'
    | 'insertJournal'
    | 'journal'
    | 'clearJournal'
    | 'insertSalt'
    | 'salt'
    | 'readCell'
    | 'writeCell'
    | 'cells'
    | 'pruneCells'
    | 'pruneBatches'
    | 'pruneSalts',
    Database.Statement<unknown[]>
  >
>;

/** Prepares every statement. The tables are there. */
export function prepareStatements(database: Database.Database): MetricStatements {
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    slices: database.prepare('SELECT id, release, locale, device, browser FROM slice ORDER BY id'),
    insertSlice: database.prepare('INSERT INTO slice (release, locale, device, browser) VALUES (?, ?, ?, ?)'),
    insertBatch: database.prepare('INSERT OR IGNORE INTO batch (hourMs, id) VALUES (?, ?)'),
    insertJournal: database.prepare('INSERT INTO journal (sums) VALUES (?)'),
    journal: database.prepare('SELECT sums FROM journal ORDER BY id'),
    clearJournal: database.prepare('DELETE FROM journal'),
    insertSalt: database.prepare('INSERT OR IGNORE INTO salt (dayMs, bytes) VALUES (?, ?)'),
    salt: database.prepare('SELECT bytes FROM salt WHERE dayMs = ?'),
    readCell: database.prepare(
      'SELECT counts, sum, keys FROM cell WHERE resolution = ? AND metric = ? AND slice = ? AND startMs = ?',
    ),
    writeCell: database.prepare('INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?, ?, ?, ?)'),
    cells: database.prepare(`
      SELECT startMs, counts, sum, keys FROM cell JOIN slice ON slice.id = cell.slice
      WHERE resolution = @resolution AND metric = @metric AND startMs >= @fromMs AND startMs < @toMs
        AND (@release IS NULL OR release = @release) AND (@locale IS NULL OR locale = @locale)
        AND (@device IS NULL OR device = @device) AND (@browser IS NULL OR browser = @browser)
      ORDER BY startMs
    `),
    pruneCells: database.prepare('DELETE FROM cell WHERE resolution = ? AND startMs < ?'),
    pruneBatches: database.prepare('DELETE FROM batch WHERE hourMs < ?'),
    pruneSalts: database.prepare('DELETE FROM salt WHERE dayMs < ?'),
  };
}
