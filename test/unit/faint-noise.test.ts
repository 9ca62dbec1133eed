import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type KernelExports, KernelScorer } from '../../src/vad/kernel-scorer.ts';
import { runFrontEnd } from '../front-end-run.ts';
import { concatenate, seededRandom } from '../signals.ts';
import { recording } from '../transcribed-clips.ts';

const RATE_HZ = 16_000;
const KERNEL = new URL('../../dist/kernel/silero-v6-fp16.wasm', import.meta.url);

/** The last bit of a 16-bit converter with triangular dither: -98 dBFS. */
function dither(seconds: number): Float32Array {
  const random = seededRandom(7);
  return Float32Array.from({ length: seconds * RATE_HZ }, () => Math.round(random() - random()) / 32_768);
}

describe('faint noise', () => {
  it('is no speech where it sets in after silence, however it meets the frames', async () => {
    const { instance } = await WebAssembly.instantiate(readFileSync(KERNEL), {});
    const scorer = new KernelScorer(instance.exports as unknown as KernelExports);
    // The room of this recording, 83 dB below full scale, stands 15 dB over the dither; the speech begins 0.84 s into it.
    const clip = await recording('08b22cb8.flac');
    const samples = concatenate(dither(1), clip);
    for (let offset = 0; offset < 512; offset += 32) {
      scorer.reset();
      const { segments } = runFrontEnd(samples.subarray(offset), RATE_HZ, scorer);
      expect(segments.map(({ span }) => (span.speechStartSample + offset) / RATE_HZ > 1.6)).toEqual([true]);
    }
  });
});
