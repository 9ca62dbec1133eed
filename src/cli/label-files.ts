import { basename, extname } from 'node:path';
import { CliError, oneLine } from './cli-error.ts';
import { type DelimitedRow, parseCommaSeparated, parseTabSeparated } from './delimited-text.ts';
import { readInput } from './read-input.ts';

/** What one labeller wrote of one clip; at least one of the two. */
export interface Label {
  readonly transcript: string | undefined;
  /** A category, where clips are sorted rather than transcribed. */
  readonly category: string | undefined;
}

/** One labeller's work, by clip. */
export interface Labeller {
  readonly name: string;
  readonly labels: ReadonlyMap<string, Label>;
}

interface LabelRow extends Label {
  readonly id: string;
  readonly labeller: string | undefined;
  /** File and line, for messages. */
  readonly where: string;
}

const COLUMNS = 'id (or path), transcript or label, and labeller where one file holds several';

/** Text of a field; an empty one is none. @throws CliError for anything that is no text. */
function textField(fields: ReadonlyMap<string, unknown>, name: string, where: string): string | undefined {
  const value = fields.get(name);
  if (value === undefined || value === null || value === '') return undefined;
  if (name === 'label' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (typeof value !== 'string') {
    throw new CliError(`${where}: "${name}" is ${Array.isArray(value) ? 'an array' : typeof value}; make it a text.`);
  }
  return value;
}

/** Undefined when the labeller left the clip out. */
function labelRow(fields: ReadonlyMap<string, unknown>, where: string): LabelRow | undefined {
  const id = textField(fields, 'id', where) ?? textField(fields, 'path', where);
  if (id === undefined) throw new CliError(`${where}: neither "id" nor "path"; say which clip it is.`);
  if (!fields.has('transcript') && !fields.has('label')) {
    throw new CliError(`${where}: neither "transcript" nor "label"; say what was heard, or null for nothing done.`);
  }
  // An empty transcript is an answer: nothing is said in the clip. A missing one, or null, is none.
  const transcript = fields.get('transcript') === '' ? '' : textField(fields, 'transcript', where);
  const category = textField(fields, 'label', where);
  if (transcript === undefined && category === undefined) return undefined;
  return { id, labeller: textField(fields, 'labeller', where), transcript, category, where };
}

function jsonRows(text: string, path: string): readonly LabelRow[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const where = `${path}, line ${i + 1}`;
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      throw new CliError(`${where}: not JSON; write one JSON object on each line.`);
    }
    if (typeof parsed !== 'object' || parsed === null) {
      throw new CliError(`${where}: no JSON object; write one on each line.`);
    }
    return labelRow(new Map(Object.entries(parsed)), where) ?? [];
  });
}

function tableRows(rows: readonly DelimitedRow[], path: string): readonly LabelRow[] {
  const header = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  if (
    !['id', 'path'].some((name) => header.includes(name)) ||
    !['transcript', 'label'].some((n) => header.includes(n))
  ) {
    throw new CliError(`${path}, line 1: no header with the columns ${COLUMNS}; add it, or give JSON lines.`);
  }
  return rows.slice(1).flatMap(({ line, cells }) => {
    const where = `${path}, line ${line}`;
    if (cells.length !== header.length) {
      throw new CliError(
        `${where}: ${cells.length} cells under a header of ${header.length}; quote cells with commas.`,
      );
    }
    return labelRow(new Map(header.map((name, i) => [name, cells[i]])), where) ?? [];
  });
}

/** The format is told by the content: JSON lines begin with a brace, a table's header with a name. */
async function readRows(path: string): Promise<readonly LabelRow[]> {
  const text = new TextDecoder().decode(await readInput(path));
  if (text.trimStart().startsWith('{')) return jsonRows(text, path);
  const header = text.split('\n', 1)[0] ?? '';
  try {
    if (header.includes('\t')) return tableRows(parseTabSeparated(text), path);
    if (header.includes(',')) return tableRows(parseCommaSeparated(text), path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${path}, ${oneLine(error)}; mend it.`, undefined, { cause: error });
  }
  throw new CliError(`${path}: neither JSON lines nor a table with commas or tabs; its columns are ${COLUMNS}.`);
}

function requireOneWay(rows: readonly LabelRow[]): void {
  const named = rows.find(({ labeller }) => labeller !== undefined);
  const unnamed = rows.find(({ labeller }) => labeller === undefined);
  if (named !== undefined && unnamed !== undefined) {
    throw new CliError(`${unnamed.where}: no "labeller", which other lines have; name one on every line, or on none.`);
  }
}

/** Files by their name alone, unless two have the same. */
function fileLabellers(paths: readonly string[]): ReadonlyMap<string, string> {
  const short = (path: string): string => basename(path, extname(path));
  const isTaken = (name: string): boolean => paths.filter((path) => short(path) === name).length > 1;
  return new Map(paths.map((path) => [path, isTaken(short(path)) ? path : short(path)]));
}

/**
 * Reads the labels of several labellers: a file each, named by it, or files whose lines name them.
 *
 * @returns In the order in which the labellers first occur.
 * @throws CliError when a file cannot be read, a line is no label, or a labeller labels a clip twice.
 */
export async function readLabellers(paths: readonly string[]): Promise<readonly Labeller[]> {
  const names = fileLabellers(paths);
  const labellers = new Map<string, Map<string, LabelRow>>();
  for (const path of paths) {
    const rows = await readRows(path);
    if (rows.length === 0) throw new CliError(`${path}: no label in it; give another file.`);
    requireOneWay(rows);
    for (const row of rows) {
      const name = row.labeller ?? names.get(path)!;
      const labels = labellers.get(name) ?? new Map<string, LabelRow>();
      labellers.set(name, labels);
      const before = labels.get(row.id);
      if (before !== undefined) {
        throw new CliError(
          `${row.where}: ${name} labels ${row.id} a second time, after ${before.where}; leave one out.`,
        );
      }
      labels.set(row.id, row);
    }
  }
  return [...labellers].map(([name, labels]) => ({ name, labels }));
}
