/** A row of a table, and the line on which it begins, counted from 1. */
export interface DelimitedRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Splits tab-separated text into rows; a cell holds neither tab nor line feed.
 *
 * Source: IANA, text/tab-separated-values.
 */
export function parseTabSeparated(text: string): readonly DelimitedRow[] {
  return text
    .split(/\r?\n/)
    .map((row, i) => ({ line: i + 1, cells: row.split('\t') }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
}

/**
 * Splits comma-separated text into rows; a quoted cell may hold commas, line feeds and doubled quotes.
 *
 * @throws SyntaxError naming the line, for a quote that is not closed, or text after a closing one.
 * Source: RFC 4180, section 2.
 */
export function parseCommaSeparated(text: string): readonly DelimitedRow[] {
  const rows: DelimitedRow[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n][^,\r\n]*|))(,|\r?\n|$)/y;
  let cells: string[] = [];
  let line = 1;
  let startLine = 1;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const match = cell.exec(text);
    if (match === null) {
      throw new SyntaxError(`line ${line}: a quote that is not closed, or text after a closing one`);
    }
    const [whole, quoted, bare, end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: startLine, cells });
    cells = [];
    startLine = line;
  }
  return rows;
}
