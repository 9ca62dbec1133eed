import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalServer } from '../../local-server.ts';
import { Corpus } from '../front-end/corpus.ts';
import { showProgress } from '../front-end/progress.ts';
import { type MeasuredTable, terminalReport } from '../front-end/report.ts';
import { startBrowserEncoder } from './browser-encoder.ts';
import { measureOpus } from './measure.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RESULTS = join(ROOT, 'docs/benchmarks');
const BUILT = ['dist/node/predict-worker.js', 'dist/kernel/silero-v6-fp16.wasm'];

const USAGE = `Measures what Opus costs in words and saves in bytes; \`npm run build\` first.

Usage: npm run bench -- opus [options]
  --audio DIR    recordings with a manifest.jsonl; ../shared/audio where it exists, else the test fixtures
  --limit N      at most N clips of each set; 150 unless told
  --write-docs   keep the result as docs/benchmarks/prediction-opus.json and .md
`;

function openCorpus(folder: string | undefined): { readonly corpus: Corpus; readonly name: string } {
  if (folder !== undefined) return { corpus: new Corpus(resolve(folder)), name: 'recordings of --audio' };
  const shared = join(ROOT, '../shared/audio');
  if (existsSync(join(shared, 'manifest.jsonl'))) return { corpus: new Corpus(shared), name: 'development corpus' };
  return { corpus: new Corpus(join(ROOT, 'test/fixtures/audio')), name: 'test fixtures only: few clips' };
}

function markdown(table: MeasuredTable): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const { date, node, machine, corpus, seconds } = table.measured;
  return `${[
    `# ${table.title}`,
    `\`npm run bench -- opus --write-docs\`: ${date}, Node ${node}, ${machine}; ${corpus}; ${seconds.toFixed(0)} s. Written by the command; do not edit.`,
    ...table.about,
    [row(table.columns), row(table.columns.map(() => '---')), ...table.rows.map(row)].join('\n'),
  ].join('\n\n')}\n`;
}

/** Runs the command. @returns Its exit code: 2 for wrong arguments. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      audio: { type: 'string' },
      limit: { type: 'string', default: '150' },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const limit = Number(values.limit);
  const missing = BUILT.filter((path) => !existsSync(join(ROOT, path)));
  if (values.help || !(limit >= 1) || missing.length > 0) {
    if (missing.length > 0) console.error(`bench: ${missing.join(', ')}: not there; run "npm run build".`);
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const { corpus, name } = openCorpus(values.audio);
  const startMs = performance.now();
  const server = await startLocalServer({ threadCount: 2 });
  const encoder = await startBrowserEncoder();
  try {
    const table = await measureOpus(corpus, limit, encoder, server, showProgress);
    const [processor] = cpus();
    const measured: MeasuredTable = {
      ...table,
      measured: {
        command: 'npm run bench -- opus',
        date: new Date().toISOString().slice(0, 10),
        node: process.versions.node,
        machine: `${cpus().length} x ${processor?.model ?? 'unknown processor'}`,
        corpus: `${name}, at most ${limit} clips of a set`,
        seconds: (performance.now() - startMs) / 1_000,
      },
    };
    showProgress('');
    console.log(terminalReport(measured));
    if (values['write-docs']) {
      mkdirSync(RESULTS, { recursive: true });
      writeFileSync(join(RESULTS, `${table.name}.json`), `${JSON.stringify(measured, null, 1)}\n`);
      writeFileSync(join(RESULTS, `${table.name}.md`), markdown(measured));
    }
    return 0;
  } finally {
    await encoder.close();
    await server.stop();
  }
}
