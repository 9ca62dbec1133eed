import { describe, expect, it } from 'vitest';
import { ActiveLevelMeter } from '../../src/dsp/active-level.ts';
import { concatenate, mix, silence, speechLikeBursts, tone, whiteNoise } from '../signals.ts';

const RATE_HZ = 16_000;

/** ITU-T P.56 (12/2011), method B, as clause 7 writes it: every sample against every threshold, 64-bit, on the whole signal. */
function referenceLevel(samples: Float32Array, rateHz: number): { levelDbov: number; activity: number } {
  const g = Math.exp(-1 / (rateHz * 0.03));
  const hangover = Math.floor(0.2 * rateHz + 0.5);
  const thresholds = Array.from({ length: 15 }, (_, j) => 2 ** -(15 - j));
  const activity = thresholds.map(() => 0);
  const hang = thresholds.map(() => hangover);
  let p = 0;
  let q = 0;
  let squares = 0;
  for (const x of samples) {
    squares += x * x;
    p = g * p + (1 - g) * Math.abs(x);
    q = g * q + (1 - g) * p;
    for (const [j, threshold] of thresholds.entries()) {
      if (q >= threshold) {
        activity[j] = activity[j]! + 1;
        hang[j] = 0;
      } else if (hang[j]! < hangover) {
        activity[j] = activity[j]! + 1;
        hang[j] = hang[j]! + 1;
      }
    }
  }
  const levels = activity.map((count) => 10 * Math.log10(squares / count));
  const margins = levels.map((level, j) => level - 20 * Math.log10(thresholds[j]!));
  const above = margins.findIndex((margin) => margin <= 15.9);
  const share = (margins[above - 1]! - 15.9) / (margins[above - 1]! - margins[above]!);
  const levelDbov = levels[above - 1]! + share * (levels[above]! - levels[above - 1]!);
  return { levelDbov, activity: squares / samples.length / 10 ** (levelDbov / 10) };
}

function measure(samples: Float32Array, rateHz = RATE_HZ, cut = 160): ActiveLevelMeter {
  const meter = new ActiveLevelMeter(rateHz);
  for (let at = 0; at < samples.length; at += cut) meter.push(samples.subarray(at, at + cut));
  return meter;
}

const SIGNALS: readonly (readonly [name: string, signal: Float32Array])[] = [
  ['speech-like bursts', speechLikeBursts(RATE_HZ, 10, -26, { seed: 1 })],
  ['quiet bursts', speechLikeBursts(RATE_HZ, 10, -50, { seed: 2, burstSeconds: 0.7, pauseSeconds: 1.1 })],
  ['loud bursts in noise', mix(speechLikeBursts(RATE_HZ, 10, -12, { seed: 3 }), whiteNoise(RATE_HZ, 10, -42, 4))],
  ['noise alone', whiteNoise(RATE_HZ, 5, -30, 5)],
  ['one word in 10 s', concatenate(silence(RATE_HZ, 5), whiteNoise(RATE_HZ, 0.4, -20, 6), silence(RATE_HZ, 4.6))],
];

describe('active speech level', () => {
  it.each(SIGNALS)('agrees with the standard written out, within 0.01 dB: %s', (_name, signal) => {
    const expected = referenceLevel(signal, RATE_HZ);
    const meter = measure(signal);
    expect(Math.abs(meter.activeLevelDbov() - expected.levelDbov)).toBeLessThan(0.01);
    expect(Math.abs(meter.activityFactor() - expected.activity)).toBeLessThan(0.001);
  });

  it('reads a continuous sine as its RMS level within 0.5 dB, all of it active', () => {
    for (const peakDbfs of [0, -20, -40]) {
      const meter = measure(tone(RATE_HZ, 10, 1_000, peakDbfs));
      expect(Math.abs(meter.activeLevelDbov() - (peakDbfs - 3.01))).toBeLessThan(0.5);
      expect(meter.activityFactor()).toBeGreaterThan(0.95);
    }
  });

  it('reads bursts at the level of the bursts, within 1 dB, however long the silence', () => {
    // The hangover bridges 0.2 s after each burst: 2 s bursts lose at most 10 log10(2.2 / 2) = 0.4 dB.
    for (const pauseSeconds of [1, 4, 10]) {
      const cycle = [whiteNoise(RATE_HZ, 2, -30, 7), silence(RATE_HZ, pauseSeconds)];
      const meter = measure(concatenate(...cycle, ...cycle, ...cycle));
      expect(Math.abs(meter.activeLevelDbov() + 30)).toBeLessThan(1);
      expect(Math.abs(meter.activityFactor() - 2 / (2 + pauseSeconds))).toBeLessThan(0.1);
    }
  });

  it('moves with the signal, dB for dB, down to copies 60 dB lower', () => {
    const signal = speechLikeBursts(RATE_HZ, 6, -20, { seed: 8 });
    const level = measure(signal).activeLevelDbov();
    const lower = measure(signal.map((x) => x / 1_000)).activeLevelDbov();
    expect(Math.abs(level - 60 - lower)).toBeLessThan(0.5);
  });

  it('does not depend on how the stream is cut, and starts afresh after reset', () => {
    const signal = speechLikeBursts(RATE_HZ, 3, -26, { seed: 9 });
    const whole = measure(signal, RATE_HZ, signal.length).activeLevelDbov();
    for (const cut of [1, 7, 160, 1_000]) expect(measure(signal, RATE_HZ, cut).activeLevelDbov()).toBeCloseTo(whole, 9);
    const meter = measure(whiteNoise(RATE_HZ, 2, -10, 1));
    meter.reset();
    meter.push(signal);
    expect(meter.activeLevelDbov()).toBeCloseTo(whole, 9);
  });

  it('has no level for silence and for nothing', () => {
    for (const signal of [new Float32Array(0), silence(RATE_HZ, 1)]) {
      expect(measure(signal).activeLevelDbov()).toBe(-Infinity);
      expect(measure(signal).activityFactor()).toBe(0);
    }
  });

  it('agrees at other rates too', () => {
    const signal = speechLikeBursts(48_000, 4, -26, { seed: 10 });
    expect(Math.abs(measure(signal, 48_000).activeLevelDbov() - referenceLevel(signal, 48_000).levelDbov)).toBeLessThan(
      0.01,
    );
  });

  it('refuses a rate that is none', () => {
    expect(() => new ActiveLevelMeter(0)).toThrow('ActiveLevelMeter needs a rate above 0 Hz, got 0');
  });
});
