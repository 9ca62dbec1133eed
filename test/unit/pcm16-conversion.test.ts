import { describe, expect, it } from 'vitest';
import { floatToPcm16 } from '../../src/dsp/pcm.ts';

function convert(values: readonly number[], gain = 1): number[] {
  const output = new Int16Array(values.length);
  floatToPcm16(Float32Array.from(values), 0, values.length, gain, output, 0);
  return [...output];
}

describe('conversion to PCM16', () => {
  it('rounds to the nearest step', () => {
    expect(convert([0.4, 0.6, -0.4, -0.6, 1.49, -1.51].map((steps) => steps / 32_768))).toEqual([0, 1, 0, -1, 1, -2]);
  });

  it('saturates instead of wrapping', () => {
    expect(convert([1, 1.5, -1, -1.5, 32_767.6 / 32_768, 1e30, -1e30])).toEqual([
      32_767, 32_767, -32_768, -32_768, 32_767, 32_767, -32_768,
    ]);
  });

  it('applies the gain before rounding', () => {
    expect(convert([0.25, -0.25, 0.6], 2)).toEqual([16_384, -16_384, 32_767]);
  });

  it('gives every 16-bit value back unchanged', () => {
    const all = Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    expect(convert(all.map((step) => step / 32_768))).toEqual(all);
  });

  it('turns NaN and infinities into sound-card values', () => {
    expect(convert([Number.NaN, Infinity, -Infinity])).toEqual([0, 32_767, -32_768]);
  });

  it('reads and writes the places it is told', () => {
    const output = new Int16Array(5).fill(7);
    floatToPcm16(Float32Array.of(0, 0.5, -0.5, 0), 1, 3, 1, output, 2);
    expect([...output]).toEqual([7, 7, 16_384, -16_384, 7]);
  });
});
