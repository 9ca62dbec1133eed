import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MeasuredTable, markdownReport } from './report.ts';
import { plotSvg } from './svg.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const RESULTS = join(DOCS, 'benchmarks');

/** Order of the tables in the report; those not named follow by name. */
const ORDER = [
  'vad',
  'segments',
  'false-triggers',
  'endpoint-delay',
  'silence',
  'words',
  'wer',
  'browser',
  'widget',
  'kernel',
  'process',
  'bytes',
  'loudness',
];

/** Keeps a table in docs/benchmarks/, in the place of its last measurement, with its plots. */
export function keepTable(table: MeasuredTable): void {
  mkdirSync(RESULTS, { recursive: true });
  const { plots, ...rest } = table;
  for (const plot of plots) writeFileSync(join(RESULTS, `${plot.name}.svg`), plotSvg(plot));
  const titles = plots.map(({ type, name, title }) => ({ type, name, title }));
  writeFileSync(join(RESULTS, `${table.name}.json`), `${JSON.stringify({ ...rest, plots: titles }, null, 1)}\n`);
}

/** Writes docs/benchmarks.md of all tables that are kept, whichever benchmark measured them. */
export function writeReport(): void {
  const tables = readdirSync(RESULTS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as MeasuredTable)
    .toSorted((a, b) => place(a.name) - place(b.name) || a.name.localeCompare(b.name));
  writeFileSync(join(DOCS, 'benchmarks.md'), markdownReport(tables));
}

function place(name: string): number {
  const index = ORDER.indexOf(name);
  return index === -1 ? ORDER.length : index;
}
