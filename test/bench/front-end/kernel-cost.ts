import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import budgets from '../budgets.json' with { type: 'json' };
import type { BenchContext, Benchmark } from './benchmark.ts';
import { atLeast, fixed, type Table } from './table.ts';

interface KernelResults {
  readonly rounds: number;
  readonly framesPerRound: number;
  readonly results: readonly { readonly name: string; readonly usPerFrame: number; readonly ratio: number }[];
}

async function run({ isQuick, progress }: BenchContext): Promise<Table> {
  progress('kernel: time per frame');
  const script = join(import.meta.dirname, '../kernel.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, isQuick ? '7' : '41', '--json'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`kernel.mjs ended with ${status}:\n${stderr}`);
  const { rounds, framesPerRound, results }: KernelResults = JSON.parse(stdout);
  const kernels = results.filter(({ name }) => name.startsWith('kernel'));
  return {
    name: 'kernel',
    title: 'The network’s time per frame',
    about: [
      `One 32 ms frame, one thread, ${rounds} rounds of ${framesPerRound} frames, the contestants taken in turn in one process; medians. The network does the same work whatever it hears.`,
    ],
    columns: ['runtime', 'us a frame', 'onnxruntime-web / this'],
    rows: results.map(({ name, usPerFrame, ratio }) => [name, fixed(usPerFrame, 1), fixed(ratio, 1)]),
    bars: kernels.map(({ name, ratio }) =>
      atLeast(
        `${name}: times faster than onnxruntime-web, per frame`,
        ratio,
        budgets.timesFasterThanOnnxruntimeWeb,
        '',
        1,
        `${rounds} rounds`,
      ),
    ),
    plots: [],
    figures: Object.fromEntries(kernels.map(({ name, ratio }) => [`${name} ratio`, ratio])),
  };
}

/** The kernels beside onnxruntime-web. */
export const kernelBenchmark: Benchmark = { name: 'kernel', run };
