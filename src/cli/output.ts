import { once } from 'node:events';

/** Writes to standard output and waits until it is taken, so that an early exit cuts nothing off. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

/** Writes a value as indented JSON; numbers that JSON lacks (infinite, not a number) become null. */
export async function printJson(value: unknown): Promise<void> {
  await print(JSON.stringify(value, undefined, 2));
}

/** A table as text: two spaces between columns; columns from `firstNumberColumn` on are aligned to the right. */
export function formatTable(rows: readonly (readonly string[])[], firstNumberColumn: number): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i < firstNumberColumn ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
