import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClippingCounter } from '../../src/dsp/clipping.ts';
import { DcOffsetMeter } from '../../src/dsp/dc-offset.ts';
import { DropoutCounter } from '../../src/dsp/dropout.ts';
import { replaceInvalid } from '../../src/dsp/invalid.ts';
import { meanSquare, peak } from '../../src/dsp/level.ts';
import { powerToDb } from '../../src/units.ts';
import { concatenate, hopsOf, tone, whiteNoise } from '../signals.ts';

const RATE_HZ = 16_000;
const HOP_SAMPLES = 160;

/** The pieces of `samples` between cuts at any places. */
function pieces(samples: Float32Array, cuts: readonly number[]): Float32Array[] {
  const edges = [0, ...cuts.map((cut) => cut % (samples.length + 1)).sort((a, b) => a - b), samples.length];
  return edges.slice(1).map((end, i) => samples.subarray(edges[i], end));
}

describe('levels', () => {
  it('reads a full-scale sine as -3.01 dBFS RMS', () => {
    expect(powerToDb(meanSquare(tone(RATE_HZ, 1, 1_000, 0), 0, RATE_HZ))).toBeCloseTo(-3.0103, 3);
  });

  it('looks at the range it is given and nowhere else', () => {
    const samples = Float32Array.of(1, -0.5, 0.25, 1);
    expect(meanSquare(samples, 1, 3)).toBe((0.25 + 0.0625) / 2);
    expect(peak(samples, 1, 3)).toBe(0.5);
  });

  it('gives 0 for an empty range', () => {
    expect(meanSquare(Float32Array.of(1), 1, 1)).toBe(0);
    expect(peak(Float32Array.of(1), 1, 1)).toBe(0);
  });
});

describe('ClippingCounter', () => {
  it('counts runs of three samples and more at 0.999 of full scale, of either sign', () => {
    const hop = Float32Array.of(
      0,
      1,
      1,
      0,
      1,
      1,
      1,
      0,
      -1,
      -0.9995,
      -1,
      -1,
      -1,
      0.99,
      0.999,
      0.99,
      0.998,
      0.998,
      0.998,
    );
    expect(new ClippingCounter().pushHop(hop)).toBe(2);
  });

  it('counts a clipped sine once for each flat top', () => {
    const clipped = tone(RATE_HZ, 1, 100, 6).map((x) => Math.max(-1, Math.min(1, x)));
    const counter = new ClippingCounter();
    const total = hopsOf(clipped, HOP_SAMPLES).reduce((sum, hop) => sum + counter.pushHop(hop), 0);
    expect(total).toBe(200);
  });

  it('counts each run once however the stream is cut, and as a pattern search over the whole does', () => {
    const value = fc.constantFrom(0, 0.5, 1, -1);
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 8 }), (values, cuts) => {
        const pattern = values.map((x) => (Math.abs(x) === 1 ? '1' : '0')).join('');
        const expected = pattern.match(/1{3,}/g)?.length ?? 0;
        const counter = new ClippingCounter();
        let total = 0;
        for (const piece of pieces(Float32Array.from(values), cuts)) total += counter.pushHop(piece);
        expect(total).toBe(expected);
      }),
      { seed: 1 },
    );
  });

  it('forgets an open run on reset', () => {
    const counter = new ClippingCounter();
    counter.pushHop(Float32Array.of(1, 1));
    counter.reset();
    expect(counter.pushHop(Float32Array.of(1, 1))).toBe(0);
  });
});

describe('DropoutCounter', () => {
  it('counts 10 ms of digital zeros and not 9.9 ms', () => {
    const noise = whiteNoise(RATE_HZ, 0.02, -40, 5);
    const gapOf = (samples: number) => concatenate(noise, new Float32Array(samples), noise);
    expect(new DropoutCounter(RATE_HZ).pushHop(gapOf(159))).toBe(0);
    expect(new DropoutCounter(RATE_HZ).pushHop(gapOf(160))).toBe(1);
    expect(new DropoutCounter(48_000).pushHop(gapOf(479))).toBe(0);
    expect(new DropoutCounter(48_000).pushHop(gapOf(480))).toBe(1);
  });

  it('counts a long gap once, in the hop where it reaches 10 ms, however the stream is cut', () => {
    const noise = whiteNoise(RATE_HZ, 0.02, -40, 5);
    const stream = concatenate(noise, new Float32Array(1_000), noise, new Float32Array(170), noise);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
        const counter = new DropoutCounter(RATE_HZ);
        let total = 0;
        for (const piece of pieces(stream, cuts)) total += counter.pushHop(piece);
        expect(total).toBe(2);
      }),
      { seed: 2 },
    );
    const counter = new DropoutCounter(RATE_HZ);
    const perHop = hopsOf(concatenate(noise.subarray(0, 80), new Float32Array(480)), 80).map((hop) =>
      counter.pushHop(hop),
    );
    expect(perHop).toEqual([0, 0, 1, 0, 0, 0, 0]);
  });

  it('refuses a rate that is none', () => {
    expect(() => new DropoutCounter(0)).toThrow('DropoutCounter needs a rate above 0 Hz, got 0');
  });
});

describe('replaceInvalid', () => {
  it('replaces NaN and infinities by 0, counts them, and leaves every finite number', () => {
    const samples = Float32Array.of(0.5, Number.NaN, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -0);
    expect(replaceInvalid(samples)).toBe(3);
    expect(samples).toEqual(Float32Array.of(0.5, 0, -1, 0, 0, 3e38, -0));
  });

  it('touches only the range it is given', () => {
    const samples = new Float32Array(4).fill(Number.NaN);
    expect(replaceInvalid(samples, 1, 3)).toBe(2);
    expect(samples).toEqual(Float32Array.of(Number.NaN, 0, 0, Number.NaN));
  });
});

describe('DcOffsetMeter', () => {
  it('finds the offset under a tone, by hop and over all', () => {
    const samples = tone(RATE_HZ, 1, 1_000, -20).map((x) => x + 0.0125);
    const meter = new DcOffsetMeter();
    for (const hop of hopsOf(samples, HOP_SAMPLES)) expect(meter.pushHop(hop)).toBeCloseTo(0.0125, 6);
    expect(meter.mean()).toBeCloseTo(0.0125, 6);
    meter.reset();
    expect(meter.mean()).toBe(0);
  });
});
