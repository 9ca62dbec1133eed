import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Corpus } from '../front-end/corpus.ts';
import { showProgress } from '../front-end/progress.ts';
import { kernelScorer } from '../front-end/scorers.ts';
import { shippedOptions, USUAL_SWEEPS, withOption } from './choices.ts';
import { type TuningStream, tuningMaterial } from './material.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { type ScoredStream, scoreStream, type TunedOptions } from './stream.ts';

const ROOT = join(import.meta.dirname, '../../..');

const USAGE = `Shows what each option of the speech detector is worth, one at a time, on words with timings, single words and noise;
never on the hand-labelled sets, which judge. \`npm run build:kernel\` first.

Usage: npm run bench -- tune [options]
  --set NAME=VALUE        begin from another value than the one that ships; may be repeated
  --sweep NAME=V1,V2,…    try these values instead of the usual ones; may be repeated
  --audio DIR             recordings with a manifest.jsonl; ../shared/audio unless told
  --limit N               at most N clips of each set

Columns: first and last words kept (plain, 50 dB down), quiet copies cut within 100 ms of the plain clip, quiet copies lost;
orders with an early commit, calls per order, end of words to take and commit (p50); LibriSpeech with an early commit, calls;
false triggers per 10 minutes, all and without jazz; words' time missed, plain, 5 dB, 0 dB SNR; single words lost; audio sent
for each second of words.
`;

const COLUMNS: readonly (readonly [title: string, cell: (outcome: Outcome) => string])[] = [
  ['words %', ({ words }) => (100 * words).toFixed(2)],
  ['quiet %', ({ quietWords }) => (100 * quietWords).toFixed(2)],
  ['alike %', ({ alike }) => (100 * alike).toFixed(1)],
  ['lost', ({ quietLost }) => String(quietLost)],
  ['early %', ({ earlyShare }) => (100 * earlyShare).toFixed(1)],
  ['calls', ({ calls }) => calls.toFixed(2)],
  ['take', ({ takeMs }) => takeMs.toFixed(0)],
  ['commit', ({ commitMs }) => commitMs.toFixed(0)],
  ['early L %', ({ readingEarlyShare }) => (100 * readingEarlyShare).toFixed(0)],
  ['calls L', ({ readingCalls }) => readingCalls.toFixed(2)],
  ['false', ({ triggersPerTenMinutes }) => triggersPerTenMinutes.toFixed(1)],
  ['no jazz', ({ triggersWithoutJazz }) => triggersWithoutJazz.toFixed(1)],
  ['missed %', ({ missedPlain }) => (100 * missedPlain).toFixed(2)],
  ['5 dB', ({ missedNoisy }) => (100 * missedNoisy).toFixed(2)],
  ['0 dB', ({ missedVeryNoisy }) => (100 * missedVeryNoisy).toFixed(2)],
  ['single', ({ singleWordsLost }) => String(singleWordsLost)],
  ['sent', ({ sentPerWordSecond }) => sentPerWordSecond.toFixed(3)],
];

/** @throws RangeError for what is not NAME=NUMBER[,NUMBER…]. */
function parseAssignment(text: string): readonly [name: string, values: readonly number[]] {
  const [name = '', list = ''] = text.split('=');
  const values = list.split(',').map(Number);
  if (list === '' || values.some(Number.isNaN)) throw new RangeError(`"${text}" is not NAME=NUMBER[,NUMBER…]`);
  return [name, values];
}

interface Plan {
  readonly folder: string;
  readonly limit: number;
  readonly base: TunedOptions;
  readonly trials: readonly (readonly [name: string, options: TunedOptions])[];
}

/** @throws TypeError or RangeError saying what is wrong with the arguments. */
function planOf(args: readonly string[]): Plan | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      set: { type: 'string', multiple: true, default: [] },
      sweep: { type: 'string', multiple: true, default: [] },
      audio: { type: 'string', default: join(ROOT, '../shared/audio') },
      limit: { type: 'string', default: 'Infinity' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const limit = Number(values.limit);
  if (!(limit >= 1)) throw new RangeError(`--limit must be 1 or more, got ${values.limit}`);
  const base = values.set
    .map(parseAssignment)
    .reduce((options, [name, [value]]) => withOption(options, name, value!), shippedOptions());
  const sweeps = values.sweep.length > 0 ? values.sweep.map(parseAssignment) : Object.entries(USUAL_SWEEPS);
  const trials = sweeps.flatMap(([name, some]) =>
    some.map((value) => [`${name} ${value}`, withOption(base, name, value)] as const),
  );
  return { folder: resolve(values.audio), limit, base, trials };
}

/** Scores everything anew only where the network hears another level. */
class Scores {
  readonly #streams: readonly TuningStream[];
  readonly #byLevel: Map<string, readonly ScoredStream[]> = new Map();

  constructor(streams: readonly TuningStream[]) {
    this.#streams = streams;
  }

  at(level: TunedOptions['level']): readonly ScoredStream[] {
    const key = JSON.stringify(level);
    const known = this.#byLevel.get(key);
    if (known !== undefined) return known;
    const scorer = kernelScorer('fp16');
    const scored = this.#streams.map(({ samples }) => scoreStream(samples, scorer, level));
    this.#byLevel.set(key, scored);
    return scored;
  }
}

/**
 * The command.
 *
 * @returns The process's exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  let plan: Plan | 'help';
  try {
    plan = planOf(args);
  } catch (error) {
    console.error(`tune: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (plan === 'help') {
    console.log(USAGE);
    return 0;
  }
  if (!existsSync(join(ROOT, 'dist/kernel/silero-v6-fp16.wasm'))) {
    console.error('tune: dist/kernel is missing; run `npm run build:kernel` first.');
    return 1;
  }
  const progress = showProgress;
  const streams = await tuningMaterial({
    corpus: new Corpus(plan.folder),
    limit: plan.limit,
    isQuick: false,
    progress,
  });
  const scores = new Scores(streams);
  const rows: string[][] = [];
  for (const [name, options] of [['as given', plan.base] as const, ...plan.trials]) {
    progress(name);
    const outcome = outcomeOf(streams, scores.at(options.level), options);
    rows.push([name, ...COLUMNS.map(([, cell]) => cell(outcome))]);
  }
  progress('');
  const all = [['', ...COLUMNS.map(([title]) => title)], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  for (const row of all) {
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '));
  }
  return 0;
}
