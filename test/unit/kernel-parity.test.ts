import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as onnx from 'onnxruntime-web/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTER_DEFAULTS, Endpointer } from '../../src/vad/endpointer.ts';
import { FRAME_SAMPLES } from '../../src/vad/speech-scorer.ts';
import { atLevel, recordings, type Signal, syntheticSignals } from '../kernel-corpus.ts';
import { instantiateKernel, scoreAll } from '../kernel-run.ts';
import { largestDifference, sileroOracle } from '../silero-oracle.ts';

const LEVELS_DB = [0, -10, -20, -40];
const FEWEST_FRAMES = 10_000;
const require = createRequire(import.meta.url);

/** Tolerances are absolute probabilities. */
const KERNELS = [
  { file: 'silero-v6-fp16.wasm', tolerance: 1e-2 },
  { file: 'silero-v6-int8.wasm', tolerance: 6e-2 },
];

interface Scored extends Signal {
  readonly expected: Float32Array;
}

let recorded: Scored[] = [];
let synthetic: Scored[] = [];

beforeAll(async () => {
  onnx.env.wasm.numThreads = 1;
  onnx.env.wasm.wasmBinary = await readFile(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  const model = await readFile(require.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx'));
  const session = await onnx.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const score = async (signals: Signal[]) => {
    const scored: Scored[] = [];
    for (const signal of signals) {
      scored.push({ ...signal, expected: await sileroOracle(onnx, session, signal.samples) });
    }
    return scored;
  };
  const clips = await recordings();
  recorded = await score(LEVELS_DB.flatMap((levelDb) => clips.map((clip) => atLevel(clip, levelDb))));
  synthetic = await score(syntheticSignals());
  await session.release();
}, 120_000);

describe.each(KERNELS)('$file against onnxruntime-web', ({ file, tolerance }) => {
  let module: WebAssembly.Module;
  beforeAll(async () => {
    module = await WebAssembly.compile(await readFile(new URL(`../../dist/kernel/${file}`, import.meta.url)));
  });

  it(`is within ${tolerance} on every frame of real recordings at four levels`, () => {
    const kernel = instantiateKernel(module);
    let frameCount = 0;
    const off = recorded.map(({ name, samples, expected }) => {
      kernel.reset();
      frameCount += expected.length;
      return { name, difference: largestDifference(scoreAll(kernel, samples), expected) };
    });
    expect(frameCount).toBeGreaterThanOrEqual(FEWEST_FRAMES);
    expect(off.filter(({ difference }) => !(difference <= tolerance))).toEqual([]);
  });

  it(`is within ${tolerance} on silence, full scale, noise, and numbers near the ends of float32`, () => {
    const kernel = instantiateKernel(module);
    const off = synthetic.map(({ name, samples, expected }) => {
      kernel.reset();
      return { name, difference: largestDifference(scoreAll(kernel, samples), expected) };
    });
    expect(off.filter(({ difference }) => !(difference <= tolerance))).toEqual([]);
  });
});

describe('the endpointer', () => {
  it('cuts every recording at every level at the same samples with the fp16 kernel as with onnxruntime-web', async () => {
    const bytes = await readFile(new URL('../../dist/kernel/silero-v6-fp16.wasm', import.meta.url));
    const kernel = instantiateKernel(await WebAssembly.compile(bytes));
    const differing = recorded.filter(({ samples, expected }) => {
      kernel.reset();
      return transitions(scoreAll(kernel, samples)).join() !== transitions(expected).join();
    });
    expect(recorded.flatMap(({ expected }) => transitions(expected)).length).toBeGreaterThan(100);
    expect(differing.map(({ name }) => name)).toEqual([]);
  });
});

describe('the recordings', () => {
  it('hold both speech and its absence, so that agreement means something', () => {
    const probabilities = recorded.flatMap(({ expected }) => [...expected]);
    const speechShare = probabilities.filter((p) => p >= 0.5).length / probabilities.length;
    expect(speechShare).toBeGreaterThan(0.2);
    expect(speechShare).toBeLessThan(0.8);
  });
});

/** What the endpointer makes of the probabilities: each event with the samples it speaks of. */
function transitions(probabilities: Float32Array): string[] {
  const endpointer = new Endpointer(ENDPOINTER_DEFAULTS, 16000);
  const events: string[] = [];
  probabilities.forEach((probability, i) => {
    const start = i * FRAME_SAMPLES;
    const event = endpointer.push(Float64Array.of(probability), start, start + FRAME_SAMPLES, start + FRAME_SAMPLES);
    if (event !== 'none')
      events.push(`${event} ${endpointer.speechStartSample}..${endpointer.speechEndSample} at ${start}`);
  });
  return events;
}
