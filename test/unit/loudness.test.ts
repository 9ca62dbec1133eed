import { describe, expect, it } from 'vitest';
import { KWeightedHopMeter, kWeightingStages } from '../../src/dsp/k-weighting.ts';
import { gatedLoudness, LoudnessMeter, type LoudnessResult } from '../../src/dsp/loudness.ts';
import { Resampler } from '../../src/dsp/resampler.ts';
import { concatenate, hopsOf, rumble, silence, tone, whiteNoise } from '../signals.ts';

const STANDARD_RATE_HZ = 48_000;
const PIPELINE_RATE_HZ = 16_000;
const HOP_SAMPLES = 160;
/** One channel of a stereo tone carries half its power. */
const MONO_DB = 10 * Math.log10(2);

function integrated(samples: Float32Array, rateHz: number, cut = 1_000): LoudnessResult {
  const meter = new LoudnessMeter(rateHz);
  for (let at = 0; at < samples.length; at += cut) meter.push(samples.subarray(at, at + cut));
  return meter.integrated();
}

/** Loudness the way a segment gets it: hop by hop at 16 kHz, out of a ring that has wrapped. */
function integratedOfHops(samples: Float32Array): LoudnessResult {
  const meter = new KWeightedHopMeter(PIPELINE_RATE_HZ);
  const hops = hopsOf(samples, HOP_SAMPLES);
  const capacity = hops.length + 3;
  const startHop = capacity - 2;
  const ring = new Float32Array(capacity).fill(123);
  for (const [i, hop] of hops.entries()) ring[(startHop + i) % capacity] = meter.pushHop(hop);
  const result: LoudnessResult = { lufs: Number.NaN, isGated: false };
  gatedLoudness(ring, startHop, startHop + hops.length, capacity, result);
  return result;
}

function resample(samples: Float32Array, inputRateHz: number, outputRateHz: number): Float32Array {
  const resampler = new Resampler(inputRateHz, outputRateHz);
  const output = new Float32Array(resampler.maxOutputFor(samples.length));
  const count = resampler.push(samples, output);
  const tail = new Float32Array(resampler.maxFlushOutput);
  return concatenate(output.subarray(0, count), tail.subarray(0, resampler.flush(tail)));
}

function tones(...parts: readonly (readonly [dbfs: number, seconds: number])[]): Float32Array {
  return concatenate(...parts.map(([dbfs, seconds]) => tone(STANDARD_RATE_HZ, seconds, 1_000, dbfs + MONO_DB)));
}

// Source: EBU Tech 3341 (v3), table 1, cases 1 to 5, in one channel instead of two at 3.01 dB less.
const EBU_CASES: readonly (readonly [name: string, lufs: number, signal: () => Float32Array])[] = [
  ['1: a tone at -23', -23, () => tones([-23, 20])],
  ['2: a tone at -33', -33, () => tones([-33, 20])],
  ['3: the relative gate', -23, () => tones([-36, 10], [-23, 60], [-36, 10])],
  ['4: both gates', -23, () => tones([-72, 10], [-36, 10], [-23, 60], [-36, 10], [-72, 10])],
  ['5: averaging of power', -23, () => tones([-26, 20], [-20, 20.1], [-26, 20])],
];

describe.each(EBU_CASES)('EBU Tech 3341 case %s', (_name, lufs, makeSignal) => {
  const signal = makeSignal();

  it('reads within 0.1 LU at 48 kHz', () => {
    const result = integrated(signal, STANDARD_RATE_HZ);
    expect(Math.abs(result.lufs - lufs)).toBeLessThanOrEqual(0.1);
    expect(result.isGated).toBe(true);
  });

  it('reads within 0.1 LU at 16 kHz, as a whole and by hops', () => {
    const resampled = resample(signal, STANDARD_RATE_HZ, PIPELINE_RATE_HZ);
    expect(Math.abs(integrated(resampled, PIPELINE_RATE_HZ).lufs - lufs)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(integratedOfHops(resampled).lufs - lufs)).toBeLessThanOrEqual(0.1);
  });
});

/** Gain of a biquad at a frequency, from its transfer function. */
function gainDb(rateHz: number, frequencyHz: number): number {
  const { shelf, highPass } = kWeightingStages(rateHz);
  const w = (2 * Math.PI * frequencyHz) / rateHz;
  let total = 0;
  for (const { b0, b1, b2, a1, a2 } of [shelf, highPass]) {
    const top = Math.hypot(b0 + b1 * Math.cos(w) + b2 * Math.cos(2 * w), b1 * Math.sin(w) + b2 * Math.sin(2 * w));
    const bottom = Math.hypot(1 + a1 * Math.cos(w) + a2 * Math.cos(2 * w), a1 * Math.sin(w) + a2 * Math.sin(2 * w));
    total += 20 * Math.log10(top / bottom);
  }
  return total;
}

describe('K-weighting', () => {
  it('has the coefficients of BS.1770-4, tables 1 and 2, at 48 kHz', () => {
    const { shelf, highPass } = kWeightingStages(48_000);
    const shelfOfStandard = {
      b0: 1.53512485958697,
      b1: -2.69169618940638,
      b2: 1.19839281085285,
      a1: -1.69065929318241,
      a2: 0.73248077421585,
    };
    const highPassOfStandard = { b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621 };
    for (const name of ['b0', 'b1', 'b2', 'a1', 'a2'] as const) {
      expect(shelf[name]).toBeCloseTo(shelfOfStandard[name], 9);
      expect(highPass[name]).toBeCloseTo(highPassOfStandard[name], 9);
    }
  });

  it.each([16_000, 22_050, 44_100, 96_000])('weighs speech at %i Hz as the standard does at 48 kHz', (rateHz) => {
    for (const frequencyHz of [60, 100, 200, 500, 997, 1_500]) {
      expect(Math.abs(gainDb(rateHz, frequencyHz) - gainDb(48_000, frequencyHz)), `${frequencyHz} Hz`).toBeLessThan(
        0.06,
      );
    }
    for (const frequencyHz of [2_000, 3_000, 5_000, 7_000]) {
      expect(Math.abs(gainDb(rateHz, frequencyHz) - gainDb(48_000, frequencyHz)), `${frequencyHz} Hz`).toBeLessThan(
        0.15,
      );
    }
  });

  it('refuses a rate under 8 kHz', () => {
    expect(() => kWeightingStages(4_000)).toThrow('K-weighting needs a rate of at least 8000 Hz, got 4000');
    expect(() => new KWeightedHopMeter(Number.NaN)).toThrow(RangeError);
    expect(() => new LoudnessMeter(0)).toThrow(RangeError);
  });
});

describe('integrated loudness', () => {
  it.each([16_000, 22_050, 44_100, 48_000, 96_000])(
    'reads a full-scale 997 Hz sine as -3.01 LUFS within 0.1 LU at %i Hz',
    (rateHz) => {
      expect(Math.abs(integrated(tone(rateHz, 3, 997, 0), rateHz).lufs + 3.01)).toBeLessThan(0.1);
    },
  );

  it('reads within 0.25 LU at 8 kHz, where the shelf lies close to half the rate', () => {
    expect(Math.abs(integrated(tone(8_000, 3, 997, 0), 8_000).lufs + 3.01)).toBeLessThan(0.25);
  });

  it('reads broadband signals at 16 kHz as the standard does at 48 kHz, within 0.1 LU', () => {
    // Born at 12 kHz, so that both rates hold the same band.
    for (const signal of [
      whiteNoise(12_000, 8, -30, 5),
      rumble(12_000, 8, -30, 6, 500),
      rumble(12_000, 8, -30, 7, 50),
    ]) {
      const expected = integrated(resample(signal, 12_000, STANDARD_RATE_HZ), STANDARD_RATE_HZ).lufs;
      const lufs = integratedOfHops(resample(signal, 12_000, PIPELINE_RATE_HZ)).lufs;
      expect(Math.abs(lufs - expected)).toBeLessThan(0.1);
    }
  });

  it('agrees with a plain two-pass computation over all blocks', () => {
    const signal = concatenate(
      whiteNoise(PIPELINE_RATE_HZ, 4, -35, 1),
      whiteNoise(PIPELINE_RATE_HZ, 3, -20, 2),
      silence(PIPELINE_RATE_HZ, 2),
      whiteNoise(PIPELINE_RATE_HZ, 3, -52, 3),
    );
    const meter = new KWeightedHopMeter(PIPELINE_RATE_HZ);
    const powers = hopsOf(signal, HOP_SAMPLES).map((hop) => meter.pushHop(hop));
    const blocks: number[] = [];
    for (let hop = 0; hop + 40 <= powers.length; hop += 10) {
      blocks.push(powers.slice(hop, hop + 40).reduce((sum, power) => sum + power, 0) / 40);
    }
    const lufsOf = (power: number) => -0.691 + 10 * Math.log10(power);
    const meanOf = (list: readonly number[]) => list.reduce((sum, power) => sum + power, 0) / list.length;
    const audible = blocks.filter((power) => lufsOf(power) > -70);
    const gate = lufsOf(meanOf(audible)) - 10;
    const expected = lufsOf(meanOf(audible.filter((power) => lufsOf(power) > gate)));
    expect(integratedOfHops(signal).lufs).toBeCloseTo(expected, 4);
    expect(integrated(signal, PIPELINE_RATE_HZ).lufs).toBeCloseTo(expected, 3);
  });

  it('gives the plain loudness, flagged, for less than 400 ms', () => {
    const short = tone(PIPELINE_RATE_HZ, 0.39, 997, -20);
    for (const result of [integrated(short, PIPELINE_RATE_HZ), integratedOfHops(short)]) {
      expect(result.isGated).toBe(false);
      expect(Math.abs(result.lufs + 23.01)).toBeLessThan(0.2);
    }
    expect(integratedOfHops(tone(PIPELINE_RATE_HZ, 0.4, 997, -20)).isGated).toBe(true);
  });

  it('gives -Infinity for silence, for nothing, and for what lies under the absolute gate', () => {
    expect(integrated(new Float32Array(0), PIPELINE_RATE_HZ)).toEqual({ lufs: -Infinity, isGated: false });
    expect(integratedOfHops(new Float32Array(0))).toEqual({ lufs: -Infinity, isGated: false });
    for (const signal of [silence(PIPELINE_RATE_HZ, 3), whiteNoise(PIPELINE_RATE_HZ, 3, -80, 4)]) {
      expect(integrated(signal, PIPELINE_RATE_HZ)).toEqual({ lufs: -Infinity, isGated: true });
      expect(integratedOfHops(signal)).toEqual({ lufs: -Infinity, isGated: true });
    }
  });

  it('does not depend on how the signal is cut, and starts afresh after reset', () => {
    const signal = whiteNoise(PIPELINE_RATE_HZ, 2, -30, 8);
    const meter = new LoudnessMeter(PIPELINE_RATE_HZ);
    meter.push(whiteNoise(PIPELINE_RATE_HZ, 1, -3, 9));
    meter.reset();
    meter.push(signal);
    const whole = meter.integrated().lufs;
    for (const cut of [1, 37, 1_600, 5_000])
      expect(integrated(signal, PIPELINE_RATE_HZ, cut).lufs).toBeCloseTo(whole, 9);
  });
});
