import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepTable, writeReport } from '../front-end/kept-tables.ts';
import { showProgress } from '../front-end/progress.ts';
import { type MeasuredTable, terminalReport } from '../front-end/report.ts';
import type { Table } from '../front-end/table.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BUILT = ['dist/node/ossicle.js', 'dist/kernel/silero-v6-fp16.wasm'];

/** A benchmark that is a command of its own. */
export interface BenchCommand {
  /** Name behind `npm run bench --`. */
  readonly name: string;
  /** First line of the help. */
  readonly about: string;
  /** How long it takes, in full and with `--quick`. */
  readonly duration: string;
  measure(isQuick: boolean, progress: (text: string) => void): Promise<{ table: Table; corpusName: string }>;
}

function usage({ name, about, duration }: BenchCommand): string {
  return `${about}; \`npm run build\` first.

Usage: npm run bench -- ${name} [options]
  --quick        a trial run: ${duration}
  --json FILE    the table with its figures as JSON in a file
  --write-docs   keep the table in docs/benchmarks/ and write docs/benchmarks.md of all kept there
`;
}

function readFlags(args: readonly string[]): {
  readonly quick: boolean;
  readonly json?: string | undefined;
  readonly 'write-docs': boolean;
  readonly help: boolean;
} {
  return parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

/** Runs the command. @returns Its exit code: 2 for wrong arguments or a missing build, else 0, bars met or missed. */
export async function runBenchCommand(command: BenchCommand, args: readonly string[]): Promise<number> {
  let flags: ReturnType<typeof readFlags>;
  try {
    flags = readFlags(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${usage(command)}`);
    return 2;
  }
  if (flags.help) {
    console.log(usage(command));
    return 0;
  }
  const missing = BUILT.filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length > 0) {
    console.error(`bench: ${missing.join(', ')}: not there; run "npm run build".`);
    return 2;
  }
  const startMs = performance.now();
  const { table, corpusName } = await command.measure(flags.quick, showProgress);
  const [processor] = cpus();
  const measured: MeasuredTable = {
    ...table,
    measured: {
      command: `npm run bench -- ${command.name}${flags.quick ? ' --quick' : ''}`,
      date: new Date().toISOString().slice(0, 10),
      node: process.versions.node,
      machine: `${cpus().length} x ${processor?.model ?? 'unknown processor'}`,
      corpus: corpusName,
      seconds: (performance.now() - startMs) / 1_000,
    },
  };
  showProgress('');
  console.log(terminalReport(measured));
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(measured, null, 1)}\n`);
  if (flags['write-docs']) {
    keepTable(measured);
    writeReport();
  }
  return 0;
}
