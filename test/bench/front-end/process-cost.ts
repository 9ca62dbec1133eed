import budgets from '../budgets.json' with { type: 'json' };
import type { BenchContext, Benchmark } from './benchmark.ts';
import { type Audio, joined } from './copies.ts';
import type { CorpusClip } from './corpus.ts';
import { quantile } from './statistics.ts';
import { atMost, type Bar, fixed, percent, type Table } from './table.ts';
import { atWorkletRate, growWorklet, timeWorklet, WORKLET_RATE_HZ, type WorkletTimes } from './worklet-process.ts';

const QUANTUM_US = (128 / WORKLET_RATE_HZ) * 1e6;
const SPEECH_SECONDS = 75;
const P99_BAR_PERCENT = budgets.processShareOfQuantum.p99 * 100;
const MAX_BAR_PERCENT = budgets.processShareOfQuantum.longest * 100;
const LONG_SEGMENT_SECONDS = 25;

/** Speech with as few pauses as the corpus has, as much as is wanted. */
async function runningSpeech({ corpus }: BenchContext): Promise<Audio> {
  const readers: readonly CorpusClip[] = corpus.of(['two-cities', 'librispeech-test-other', 'jfk'], 12);
  const parts: Audio[] = [];
  let samples = 0;
  for (let i = 0; samples < SPEECH_SECONDS * WORKLET_RATE_HZ; i++) {
    const clip = readers[i % readers.length]!;
    const part = atWorkletRate(await corpus.samples(clip), clip.rateHz);
    parts.push(part);
    samples += part.length;
  }
  return joined(...parts).subarray(0, SPEECH_SECONDS * WORKLET_RATE_HZ);
}

/** For each quantum the middle of its runs: what it costs, without what else the machine did meanwhile. */
function middles({ runs }: WorkletTimes): readonly number[] {
  return runs[0]!.map((_, quantum) =>
    quantile(
      runs.map((us) => us[quantum]!),
      0.5,
    ),
  );
}

function shares(us: readonly number[]): { readonly p50: number; readonly p99: number; readonly max: number } {
  const max = us.reduce((largest, value) => Math.max(largest, value), 0);
  return { p50: quantile(us, 0.5) / QUANTUM_US, p99: quantile(us, 0.99) / QUANTUM_US, max: max / QUANTUM_US };
}

function timeRow(name: string, us: readonly number[], n: string): string[] {
  const { p50, p99, max } = shares(us);
  return [
    name,
    n,
    `${fixed(p50 * QUANTUM_US, 0)} us (${percent(p50)})`,
    `${fixed(p99 * QUANTUM_US, 0)} us (${percent(p99)})`,
    `${fixed(max * QUANTUM_US, 0)} us (${percent(max)})`,
  ];
}

async function run(context: BenchContext): Promise<Table> {
  const speech = await runningSpeech(context);
  const runs = context.isQuick ? 3 : 7;
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const figures: Record<string, number> = {};
  for (const preset of ['search', 'dictation'] as const) {
    for (const kernel of ['fp16', 'int8'] as const) {
      context.progress(`process(): ${preset}, ${kernel}`);
      const times = timeWorklet(speech, { preset, kernel, runs });
      const name = `${preset}, ${kernel}`;
      const n = `${SPEECH_SECONDS} s of speech, ${times.runs[0]!.length} quanta, longest take ${fixed(times.longestTakeSeconds, 1)} s`;
      rows.push(timeRow(`${name}: middle of ${runs} runs of each quantum`, middles(times), n));
      rows.push(timeRow(`${name}: first run, functions not compiled yet`, times.runs[0]!, ''));
      const slowest = times.runs.slice(1).toSorted((a, b) => shares(b).p99 - shares(a).p99)[0]!;
      rows.push(timeRow(`${name}: slowest later run, other processes included`, slowest, ''));
      const { p99, max } = shares(middles(times));
      figures[`${name} p99 share`] = p99;
      figures[`${name} max share`] = max;
      figures[`${name} longest take s`] = times.longestTakeSeconds;
      // The bar asks for the commit of a long segment: dictation tolerates the reader's pauses.
      if (preset !== 'dictation' || times.longestTakeSeconds < LONG_SEGMENT_SECONDS) continue;
      const note = `with a commit of ${fixed(times.longestTakeSeconds, 1)} s in it`;
      bars.push(
        atMost(`process(), ${kernel}: p99 of the render quantum`, p99 * 100, P99_BAR_PERCENT, ' %', 1, note),
        atMost(`process(), ${kernel}: longest of the render quantum`, max * 100, MAX_BAR_PERCENT, ' %', 1, note),
      );
    }
  }
  const noise = context.corpus.clips.find(({ name }) => name.includes('room_tone'))!;
  const room = atWorkletRate(await context.corpus.samples(noise), noise.rateHz);
  for (const [name, samples] of [
    ['room tone', room],
    ['speech', speech],
  ] as const) {
    context.progress(`heap: ${name}`);
    const { bytesPerHop, hops, takeCount } = growWorklet(samples, { hops: context.isQuick ? 50_000 : 200_000 });
    const middle = quantile(bytesPerHop, 0.5);
    figures[`heap ${name} bytes a hop`] = middle;
    rows.push([
      `heap growth, ${name}`,
      `${hops} hops, ${takeCount} takes`,
      `${fixed(middle, 2)} bytes a hop`,
      '',
      `${fixed(Math.max(...bytesPerHop), 2)} in the largest window of 5,000 hops`,
    ]);
    bars.push(atMost(`heap growth per hop, ${name}`, middle, budgets.heapBytesPerHop, ' bytes', 2, `${hops} hops`));
  }
  return {
    name: 'process',
    title: 'The audio thread’s time and memory',
    about: [
      `The built worklet, dist/browser/speech-processor.js, in Node inside a minimal AudioWorkletGlobalScope: quanta of 128 samples at 48 kHz (${fixed(QUANTUM_US, 0)} us), kernel included, messages counted and dropped. Judged is the middle of the runs of each quantum: what recurs is the code's, what does not is the machine's; the first run and the slowest later one stand beside it.`,
      'Heap: growth of the JavaScript heap in windows of 5,000 hops of 10 ms after 20,000 hops of warm-up, nothing collected; the middle window. With speech, segments and their messages are in it; the samples of a take lie outside the heap.',
    ],
    columns: ['what', 'n', 'p50', 'p99', 'longest'],
    rows,
    bars,
    plots: [],
    figures,
  };
}

/** What `process()` costs in time and memory. */
export const processBenchmark: Benchmark = { name: 'process', run };
