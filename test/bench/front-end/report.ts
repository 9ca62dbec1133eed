import type { Table } from './table.ts';

/** A table, and on what it was measured. */
export interface MeasuredTable extends Table {
  readonly measured: {
    /** What measures it again; the front end's own command and the table's name when left out. */
    readonly command?: string;
    readonly date: string;
    readonly node: string;
    readonly machine: string;
    readonly corpus: string;
    readonly seconds: number;
  };
}

const BAR_COLUMNS = ['bar', 'limit', 'figure', 'met', 'margin'] as const;

function barCells(table: Table): string[][] {
  return table.bars.map(({ what, limit, figure, isMet, margin }) => [
    what,
    limit,
    figure,
    isMet ? 'met' : 'MISSED',
    margin,
  ]);
}

function aligned(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)));
  const format = (cells: readonly string[]) =>
    widths
      .map((width, i) => (cells[i] ?? '').padEnd(width))
      .join('  ')
      .trimEnd();
  return [format(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(format)].join('\n');
}

/** A table for the terminal. */
export function terminalReport(table: MeasuredTable): string {
  const parts = [`\n${table.title} (${table.name})`, ...table.about, '', aligned(table.columns, table.rows)];
  if (table.bars.length > 0) parts.push('', aligned(BAR_COLUMNS, barCells(table)));
  return parts.join('\n');
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const format = (cells: readonly string[]) => `| ${columns.map((_, i) => cells[i] ?? '').join(' | ')} |`;
  return [format(columns), `|${columns.map(() => ' --- |').join('')}`, ...rows.map(format)].join('\n');
}

function section(table: MeasuredTable): string {
  const { command = `npm run bench -- front-end ${table.name}`, date, node, machine, corpus, seconds } = table.measured;
  const plots = table.plots.map(({ name, title }) => `![${title}](benchmarks/${name}.svg)`);
  return [
    `## ${table.title}`,
    `\`${command}\`: ${date}, Node ${node}, ${machine}; ${corpus}; ${seconds.toFixed(0)} s.`,
    ...table.about,
    ...(table.bars.length > 0 ? [markdownTable(BAR_COLUMNS, barCells(table))] : []),
    markdownTable(table.columns, table.rows),
    ...plots,
  ].join('\n\n');
}

/** All tables as one page: first every bar on a line, then the tables. */
export function markdownReport(tables: readonly MeasuredTable[]): string {
  const bars = tables.flatMap((table) => barCells(table));
  const missed = bars.filter((cells) => cells[3] !== 'met').length;
  return `${[
    '# Benchmarks',
    'Written by `npm run bench -- NAME --write-docs`, each table by the command beside it; do not edit. Each says when and where it was measured. Intervals are 95 %, by bootstrap over clips or repetitions. Timings come from a machine that did other work too: trust ratios within one run more than microseconds.',
    `## Every bar`,
    `${bars.length - missed} of ${bars.length} are met.`,
    markdownTable(BAR_COLUMNS, bars),
    ...tables.map(section),
  ].join('\n\n')}\n`;
}
