import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordings, type Signal, syntheticSignals } from '../kernel-corpus.ts';
import { instantiateKernel, scoreAll } from '../kernel-run.ts';
import { largestDifference } from '../silero-oracle.ts';

let clips: Signal[] = [];
beforeAll(async () => {
  clips = await recordings();
}, 60_000);

describe.each(['silero-v6-fp16.wasm', 'silero-v6-int8.wasm'])('%s', (file) => {
  let module: WebAssembly.Module;
  beforeAll(async () => {
    module = await WebAssembly.compile(await readFile(new URL(`../../dist/kernel/${file}`, import.meta.url)));
  });
  const clip = (index: number) => clips[index]!.samples;

  it('gives the same bits again after reset, whatever came before', () => {
    const kernel = instantiateKernel(module);
    const first = scoreAll(kernel, clip(0));
    scoreAll(kernel, clip(1));
    kernel.reset();
    expect(scoreAll(kernel, clip(0))).toEqual(first);
  });

  it('gives the same bits in another instance, and when it is initialised twice', () => {
    const twice = instantiateKernel(module);
    scoreAll(twice, clip(1));
    twice.init();
    expect(scoreAll(twice, clip(0))).toEqual(scoreAll(instantiateKernel(module), clip(0)));
  });

  it('carries the stream from frame to frame: the second half alone scores differently', () => {
    const kernel = instantiateKernel(module);
    const half = Math.floor(clip(0).length / 1024) * 512;
    const whole = scoreAll(kernel, clip(0)).slice(half / 512);
    kernel.reset();
    expect(largestDifference(scoreAll(kernel, clip(0).subarray(half)), whole)).toBeGreaterThan(0.01);
  });

  it('answers with a probability for silence, full scale, and numbers near the ends of float32', () => {
    const kernel = instantiateKernel(module);
    const signals = [
      ...syntheticSignals(),
      { name: 'far beyond full scale', samples: new Float32Array(16000).fill(1e30) },
    ];
    const wrong = signals.filter(({ samples }) => {
      kernel.reset();
      return !scoreAll(kernel, samples).every((p) => p >= 0 && p <= 1);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('hears no speech in silence', () => {
    const kernel = instantiateKernel(module);
    expect(Math.max(...scoreAll(kernel, new Float32Array(16000)))).toBeLessThan(0.1);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'takes samples of %d for silence',
    (value) => {
      const silenced = clip(0).slice();
      silenced.fill(0, 5000, 6000);
      const invalid = clip(0).slice();
      invalid.fill(value, 5000, 6000);
      expect(scoreAll(instantiateKernel(module), invalid)).toEqual(scoreAll(instantiateKernel(module), silenced));
    },
  );
});
