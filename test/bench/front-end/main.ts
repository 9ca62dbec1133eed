import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { bytesBenchmark } from './bytes.ts';
import { Corpus } from './corpus.ts';
import { endpointDelayBenchmark } from './endpoint-delay.ts';
import { falseTriggersBenchmark } from './false-triggers.ts';
import { keepTable, writeReport } from './kept-tables.ts';
import { kernelBenchmark } from './kernel-cost.ts';
import { loudnessBenchmark } from './loudness.ts';
import { processBenchmark } from './process-cost.ts';
import { showProgress } from './progress.ts';
import { type MeasuredTable, terminalReport } from './report.ts';
import { segmentsBenchmark } from './segments.ts';
import { silenceBenchmark } from './silence.ts';
import { vadBenchmark } from './vad.ts';
import { werBenchmark } from './wer.ts';
import { wordsBenchmark } from './words.ts';

const ROOT = join(import.meta.dirname, '../../..');
const QUICK_LIMIT = 8;

/** In the order of the report. */
const BENCHMARKS: readonly Benchmark[] = [
  vadBenchmark,
  segmentsBenchmark,
  falseTriggersBenchmark,
  endpointDelayBenchmark,
  silenceBenchmark,
  wordsBenchmark,
  werBenchmark,
  kernelBenchmark,
  processBenchmark,
  bytesBenchmark,
  loudnessBenchmark,
];

const USAGE = `Measures the audio front end against its bars; \`npm run build\` first.

Usage: npm run bench -- front-end [TABLE]… [options]
Tables: ${BENCHMARKS.map(({ name }) => name).join(', ')}; all unless told.
  --audio DIR    recordings with a manifest.jsonl; ../shared/audio where it exists, else the test fixtures
  --limit N      at most N clips of each set
  --quick        at most ${QUICK_LIMIT} clips of each set, and fewer repetitions
  --json [FILE]  JSON on standard output, or in a file
  --write-docs   keep the results in docs/benchmarks/ and write docs/benchmarks.md of all kept there
`;

const BUILT = [
  'dist/kernel/silero-v6-fp16.wasm',
  'dist/kernel/silero-v6-int8.wasm',
  'dist/browser/speech-processor.js',
];

function openCorpus(folder: string | undefined): { readonly corpus: Corpus; readonly name: string } {
  if (folder !== undefined) return { corpus: new Corpus(resolve(folder)), name: 'recordings of --audio' };
  const shared = join(ROOT, '../shared/audio');
  if (existsSync(join(shared, 'manifest.jsonl'))) return { corpus: new Corpus(shared), name: 'development corpus' };
  return { corpus: new Corpus(join(ROOT, 'test/fixtures/audio')), name: 'test fixtures only: few clips' };
}

/** A number that JSON does not have, in words. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

interface Flags {
  readonly names: readonly string[];
  readonly audio: string | undefined;
  readonly limit: number;
  readonly isQuick: boolean;
  readonly json: string | boolean;
  readonly writeDocs: boolean;
}

/** @throws TypeError or RangeError saying what is wrong with the arguments. */
function parseFlags(args: readonly string[]): Flags | 'help' {
  // `--json` may stand alone.
  const spelled = args.map((arg, i) => (arg === '--json' && !args[i + 1]?.endsWith('.json') ? '--json=' : arg));
  const { values, positionals } = parseArgs({
    args: spelled,
    allowPositionals: true,
    options: {
      audio: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const unknown = positionals.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) throw new RangeError(`no table "${unknown}"`);
  const limit = Number(values.limit ?? (values.quick ? QUICK_LIMIT : Number.POSITIVE_INFINITY));
  if (!(limit >= 1)) throw new RangeError(`--limit must be 1 or more, got ${values.limit}`);
  return {
    names: positionals,
    audio: values.audio,
    limit,
    isQuick: values.quick,
    json: values.json === undefined ? false : values.json || true,
    writeDocs: values['write-docs'],
  };
}

async function measure(benchmark: Benchmark, context: BenchContext, corpusName: string): Promise<MeasuredTable> {
  const startMs = performance.now();
  const table = await benchmark.run(context);
  const [processor] = cpus();
  const limited = Number.isFinite(context.limit) ? `, at most ${context.limit} clips of a set` : '';
  return {
    ...table,
    measured: {
      date: new Date().toISOString().slice(0, 10),
      node: process.versions.node,
      machine: `${cpus().length} x ${processor?.model ?? 'unknown processor'}`,
      corpus: `${corpusName}${limited}`,
      seconds: (performance.now() - startMs) / 1_000,
    },
  };
}

/** Runs the command. @returns Its exit code: 2 for wrong arguments, 0 otherwise, whether bars are met or missed. */
export async function main(args: readonly string[]): Promise<number> {
  let flags: Flags | 'help';
  try {
    flags = parseFlags(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (flags === 'help') {
    console.log(USAGE);
    return 0;
  }
  const missing = BUILT.filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length > 0) {
    console.error(`bench: ${missing.join(', ')}: not there; run "npm run build".`);
    return 2;
  }
  const { corpus, name } = openCorpus(flags.audio);
  console.error(`Recordings: ${name} (${corpus.clips.length}).`);
  const context: BenchContext = { corpus, limit: flags.limit, isQuick: flags.isQuick, progress: showProgress };
  const tables: MeasuredTable[] = [];
  for (const benchmark of BENCHMARKS) {
    if (flags.names.length > 0 && !flags.names.includes(benchmark.name)) continue;
    const table = await measure(benchmark, context, name);
    tables.push(table);
    showProgress('');
    if (flags.writeDocs) keepTable(table);
    if (flags.json !== true) console.log(terminalReport(table));
  }
  if (flags.json !== false) {
    const text = `${JSON.stringify(tables, jsonValue, 1)}\n`;
    if (flags.json === true) process.stdout.write(text);
    else writeFileSync(flags.json, text);
  }
  if (flags.writeDocs) writeReport();
  return 0;
}
