import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resampler } from '../../../src/dsp/resampler.ts';
import type { Preset } from '../../../src/front-end/presets.ts';
import type { Hz } from '../../../src/units.ts';
import type { KernelWeights } from './scorers.ts';

/** Rate at which the worklet is run. */
export const WORKLET_RATE_HZ: Hz = 48_000;
/** Nothing is collected while the heap's growth is measured: the young generation has room for all of it. */
const HEAP_FLAGS = ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'];

/** How the worklet is run. */
export interface WorkletRunOptions {
  readonly preset?: Preset;
  readonly kernel?: KernelWeights;
  readonly runs?: number;
  readonly hops?: number;
}

/** What `worklet-run.mjs time` prints. */
export interface WorkletTimes {
  /** Microseconds of each quantum of each run. */
  readonly runs: readonly (readonly number[])[];
  /** 1 where a quantum posted a take. */
  readonly takes: readonly number[];
  readonly takeCount: number;
  readonly longestTakeSeconds: number;
}

/** What `worklet-run.mjs heap` prints. */
export interface WorkletGrowth {
  /** Growth in each window, bytes a hop. */
  readonly bytesPerHop: readonly number[];
  readonly hops: number;
  readonly takeCount: number;
}

/** The same sound at the worklet's rate. */
export function atWorkletRate(samples: Float32Array, rateHz: Hz): Float32Array<ArrayBuffer> {
  const resampler = new Resampler(rateHz, WORKLET_RATE_HZ);
  const output = new Float32Array(resampler.maxOutputFor(samples.length) + resampler.maxFlushOutput);
  const pushed = resampler.push(samples, output);
  return output.subarray(0, pushed + resampler.flush(output.subarray(pushed)));
}

function run<T>(mode: 'time' | 'heap', flags: readonly string[], samples: Float32Array, options: WorkletRunOptions): T {
  const folder = mkdtempSync(join(tmpdir(), 'ossicle-worklet-'));
  try {
    const pcm = join(folder, 'input.f32');
    writeFileSync(pcm, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const script = join(import.meta.dirname, 'worklet-run.mjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...flags, script, mode, JSON.stringify({ ...options, pcm })],
      { encoding: 'utf8', maxBuffer: 2 ** 28 },
    );
    if (status !== 0) throw new Error(`worklet-run.mjs ended with ${status}:\n${stderr}`);
    return JSON.parse(stdout) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Times `process()` of the built worklet on mono samples at {@link WORKLET_RATE_HZ}, in a process of its own. */
export function timeWorklet(samples: Float32Array, options: WorkletRunOptions): WorkletTimes {
  return run('time', [], samples, options);
}

/** Measures how the heap grows under the built worklet, in a process of its own. */
export function growWorklet(samples: Float32Array, options: WorkletRunOptions): WorkletGrowth {
  return run('heap', HEAP_FLAGS, samples, options);
}
