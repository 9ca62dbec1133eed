import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resampler } from '../../src/dsp/resampler.ts';
import { tone, whiteNoise } from '../signals.ts';

const DEVICE_RATES_HZ = [
  8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
];
// Ratios whose phases do not fit a table: the coefficients are interpolated.
const ODD_RATES_HZ = [15_999, 44_056, 47_999, 191_999];
const ALL_RATES_HZ = [...DEVICE_RATES_HZ, ...ODD_RATES_HZ];
const PIPELINE_RATE_HZ = 16_000;
/** Where the stop band begins; 7.2 to 8.8 kHz may fold back into 7.2 to 8 kHz. */
const STOP_HZ = 8_800;
const SINE_RMS_DB = 10 * Math.log10(0.5);

function resample(input: Float32Array, rateHz: number, cut = 128, outputRateHz = PIPELINE_RATE_HZ): Float32Array {
  const resampler = new Resampler(rateHz, outputRateHz);
  const room = Math.max(resampler.maxOutputFor(cut), resampler.maxFlushOutput);
  const block = new Float32Array(room);
  const output = new Float32Array(resampler.maxOutputFor(input.length) + room);
  let at = 0;
  for (let start = 0; start < input.length; start += cut) {
    const count = resampler.push(input.subarray(start, start + cut), block);
    output.set(block.subarray(0, count), at);
    at += count;
  }
  const count = resampler.flush(block);
  output.set(block.subarray(0, count), at);
  return output.slice(0, at + count);
}

/** Least-squares fit of a sine of known frequency: its amplitude, phase against a sine at time 0, and what is left. */
function fitSine(samples: Float32Array, rateHz: number, frequencyHz: number) {
  let ss = 0;
  let cc = 0;
  let sc = 0;
  let sx = 0;
  let cx = 0;
  const first = Math.floor(samples.length * 0.2);
  const last = Math.floor(samples.length * 0.8);
  for (let i = first; i < last; i++) {
    const angle = (2 * Math.PI * frequencyHz * i) / rateHz;
    const s = Math.sin(angle);
    const c = Math.cos(angle);
    ss += s * s;
    cc += c * c;
    sc += s * c;
    sx += s * samples[i]!;
    cx += c * samples[i]!;
  }
  const determinant = ss * cc - sc * sc;
  const inPhase = (sx * cc - cx * sc) / determinant;
  const quadrature = (cx * ss - sx * sc) / determinant;
  let residual = 0;
  for (let i = first; i < last; i++) {
    const angle = (2 * Math.PI * frequencyHz * i) / rateHz;
    residual += (samples[i]! - inPhase * Math.sin(angle) - quadrature * Math.cos(angle)) ** 2;
  }
  const amplitude = Math.hypot(inPhase, quadrature);
  return {
    amplitudeDb: 20 * Math.log10(amplitude),
    phaseRadians: Math.atan2(quadrature, inPhase),
    residualDb: 10 * Math.log10(residual / (last - first) / (amplitude ** 2 / 2)),
  };
}

function rmsDb(samples: Float32Array): number {
  const inner = samples.subarray(Math.floor(samples.length * 0.2), Math.floor(samples.length * 0.8));
  return 10 * Math.log10(inner.reduce((sum, x) => sum + x * x, 0) / inner.length);
}

describe.each(ALL_RATES_HZ)('resampling from %i Hz to 16 kHz', (rateHz) => {
  const passHz = Math.min(7_200, 0.45 * rateHz);
  const seconds = 0.25;

  it('passes every tone up to min(7.2 kHz, 0.45 x rate) within 0.05 dB, in phase, with THD+N of -110 dB or less', () => {
    for (const share of [0.007, 0.05, 0.139, 0.3, 0.5, 0.77, 0.9, 0.97, 1]) {
      const frequencyHz = share * passHz;
      const fit = fitSine(resample(tone(rateHz, seconds, frequencyHz, 0), rateHz), PIPELINE_RATE_HZ, frequencyHz);
      expect(Math.abs(fit.amplitudeDb), `gain of ${frequencyHz} Hz, dB`).toBeLessThanOrEqual(0.05);
      expect(fit.residualDb, `THD+N of ${frequencyHz} Hz, dB`).toBeLessThanOrEqual(-110);
      expect(Math.abs(fit.phaseRadians), `phase of ${frequencyHz} Hz, rad`).toBeLessThan(1e-4);
    }
  });

  it('gives the same bits however the input is cut', () => {
    const input = whiteNoise(rateHz, 0.12, -12, 7);
    const whole = resample(input, rateHz, input.length);
    for (const cut of [1, 3, 128, 160, 441, 480, 4_096]) expect(resample(input, rateHz, cut)).toEqual(whole);
  });

  it('gives ceil(count x 16,000 / rate) samples in all', () => {
    for (const count of [0, 1, 2, 127, 1_000, 4_801]) {
      const output = resample(new Float32Array(count), rateHz, 100);
      expect(output.length).toBe(Math.ceil((count * PIPELINE_RATE_HZ) / rateHz));
    }
  });

  it('starts afresh after reset', () => {
    const resampler = new Resampler(rateHz);
    const input = whiteNoise(rateHz, 0.05, -12, 3);
    const first = new Float32Array(resampler.maxOutputFor(input.length));
    const second = new Float32Array(resampler.maxOutputFor(input.length));
    const firstCount = resampler.push(input, first);
    resampler.reset();
    expect(resampler.push(input, second)).toBe(firstCount);
    expect(second).toEqual(first);
  });
});

describe.each(ALL_RATES_HZ.filter((rateHz) => rateHz / 2 > STOP_HZ))('resampling from %i Hz to 16 kHz', (rateHz) => {
  it('keeps aliases of tones above 8.8 kHz at -100 dBc or less', () => {
    for (const share of [0, 0.03, 0.11, 0.25, 0.4, 0.6, 0.8, 0.93, 0.995]) {
      const frequencyHz = STOP_HZ + share * (rateHz / 2 - STOP_HZ);
      const alias = rmsDb(resample(tone(rateHz, 0.25, frequencyHz, 0), rateHz)) - SINE_RMS_DB;
      expect(alias, `alias of ${frequencyHz} Hz, dBc`).toBeLessThanOrEqual(-100);
    }
  });
});

describe('Resampler', () => {
  it('passes 16 kHz unchanged, bit for bit', () => {
    const input = whiteNoise(16_000, 0.1, -3, 11);
    expect(resample(input, 16_000)).toEqual(input);
  });

  it('keeps a constant exactly constant away from the ends', () => {
    const output = resample(new Float32Array(9_000).fill(0.25), 44_100);
    for (const x of output.subarray(200, -200)) expect(x).toBe(0.25);
  });

  it('raises the rate too, without images', () => {
    for (const outputRateHz of [24_000, 44_100, 48_000]) {
      const output = resample(tone(16_000, 0.25, 6_900, 0), 16_000, 160, outputRateHz);
      const fit = fitSine(output, outputRateHz, 6_900);
      expect(Math.abs(fit.amplitudeDb)).toBeLessThanOrEqual(0.05);
      expect(fit.residualDb).toBeLessThanOrEqual(-110);
    }
  });

  it('never writes more than it announced, for any rate and any cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8_000, max: 192_000 }),
        fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 12 }),
        (rateHz, cuts) => {
          const resampler = new Resampler(rateHz);
          let total = 0;
          let written = 0;
          for (const cut of cuts) {
            const room = resampler.maxOutputFor(cut);
            const count = resampler.push(new Float32Array(cut), new Float32Array(room));
            expect(count).toBeLessThanOrEqual(room);
            total += cut;
            written += count;
          }
          const tail = resampler.flush(new Float32Array(resampler.maxFlushOutput));
          expect(tail).toBeLessThanOrEqual(resampler.maxFlushOutput);
          expect(written + tail).toBe(Math.ceil((total * PIPELINE_RATE_HZ) / rateHz));
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });

  it.each([0, 7_999, 192_001, 44_100.5, Number.NaN, -48_000, Number.POSITIVE_INFINITY])(
    'refuses a rate of %d Hz by name',
    (rateHz) => {
      expect(() => new Resampler(rateHz)).toThrow(RangeError);
      expect(() => new Resampler(rateHz)).toThrow(
        `inputRateHz must be a whole number in 8000..192000 Hz, got ${rateHz}`,
      );
      expect(() => new Resampler(16_000, rateHz)).toThrow('outputRateHz');
    },
  );
});
