import { describe, expect, it } from 'vitest';
import { meanSquare } from '../../src/dsp/level.ts';
import { NoiseFloorTracker } from '../../src/dsp/noise-floor.ts';
import { powerToDb } from '../../src/units.ts';
import { concatenate, hopsOf, mix, rumble, silence, speechLikeBursts, whiteNoise } from '../signals.ts';

const RATE_HZ = 16_000;
const HOP_SAMPLES = 160;
const HOPS_PER_SECOND = 100;

function powersOf(samples: Float32Array): number[] {
  return hopsOf(samples, HOP_SAMPLES).map((hop) => meanSquare(hop, 0, hop.length));
}

/** The tracker's answer in dBFS after each hop. */
function track(samples: Float32Array): number[] {
  const tracker = new NoiseFloorTracker();
  return powersOf(samples).map((power) => {
    tracker.pushHop(power);
    return powerToDb(tracker.noiseMeanSquare());
  });
}

const NOISES = [
  { name: 'white noise', makeNoise: whiteNoise },
  { name: 'low-frequency noise', makeNoise: rumble },
];
const BURST_DBFS = -30;
const BURST = { seed: 3, burstSeconds: 1.2, pauseSeconds: 0.4 };

describe.each(NOISES)('the noise floor under speech in $name', ({ makeNoise }) => {
  it.each([0, 5, 10, 15, 20, 25, 30])('gives the SNR of a %i dB mix within 2 dB', (snrDb) => {
    const bursts = speechLikeBursts(RATE_HZ, 12, BURST_DBFS, BURST);
    const mixed = mix(bursts, makeNoise(RATE_HZ, 12, BURST_DBFS - snrDb, 9));
    const burstHops = powersOf(bursts).map((power) => power > 0);
    const active = powersOf(mixed).filter((_, i) => burstHops[i]);
    const activePower = active.reduce((sum, power) => sum + power, 0) / active.length;
    const noise = 10 ** (track(mixed).at(-1)! / 10);
    expect(Math.abs(powerToDb((activePower - noise) / noise) - snrDb)).toBeLessThanOrEqual(2);
  });

  it('is right within 1 dB where there is no speech', () => {
    for (const level of track(makeNoise(RATE_HZ, 8, -55, 4)).slice(HOPS_PER_SECOND)) {
      expect(Math.abs(level + 55)).toBeLessThan(1);
    }
  });
});

describe('NoiseFloorTracker', () => {
  it('knows the floor within 2 dB after half a second', () => {
    expect(Math.abs(track(whiteNoise(RATE_HZ, 0.5, -48, 1)).at(-1)! + 48)).toBeLessThan(2);
  });

  it('follows a rising floor within 1.5 to 3 s and a falling one within half a second', () => {
    const timeToReach = (fromDbfs: number, toDbfs: number) => {
      const signal = concatenate(whiteNoise(RATE_HZ, 5, fromDbfs, 1), whiteNoise(RATE_HZ, 5, toDbfs, 2));
      const after = track(signal).slice(5 * HOPS_PER_SECOND);
      return after.findIndex((level) => Math.abs(level - toDbfs) < 2) / HOPS_PER_SECOND;
    };
    expect(timeToReach(-60, -40)).toBeGreaterThanOrEqual(1.5);
    expect(timeToReach(-60, -40)).toBeLessThanOrEqual(3);
    expect(timeToReach(-40, -60)).toBeLessThanOrEqual(0.5);
  });

  it('does not take single dropouts for the floor', () => {
    const noise = whiteNoise(RATE_HZ, 6, -45, 3);
    for (let second = 1; second < 6; second++) noise.fill(0, second * RATE_HZ, second * RATE_HZ + RATE_HZ / 20);
    for (const level of track(noise).slice(HOPS_PER_SECOND)) expect(Math.abs(level + 45)).toBeLessThan(2);
  });

  it('gives 0 in digital silence, between bursts of a gated microphone, before the first hop and after reset', () => {
    const tracker = new NoiseFloorTracker();
    expect(tracker.noiseMeanSquare()).toBe(0);
    for (const power of powersOf(silence(RATE_HZ, 1))) tracker.pushHop(power);
    expect(tracker.noiseMeanSquare()).toBe(0);
    for (const power of powersOf(speechLikeBursts(RATE_HZ, 4, -20, BURST))) tracker.pushHop(power);
    expect(tracker.noiseMeanSquare()).toBe(0);
    for (const power of powersOf(whiteNoise(RATE_HZ, 4, -20, 2))) tracker.pushHop(power);
    expect(tracker.noiseMeanSquare()).toBeGreaterThan(0);
    tracker.reset();
    expect(tracker.noiseMeanSquare()).toBe(0);
  });

  it('answers alike with longer hops', () => {
    const tracker = new NoiseFloorTracker(32);
    for (const hop of hopsOf(whiteNoise(RATE_HZ, 5, -50, 6), 512)) tracker.pushHop(meanSquare(hop, 0, 512));
    expect(Math.abs(powerToDb(tracker.noiseMeanSquare()) + 50)).toBeLessThan(1);
  });

  it('refuses hops outside 1..100 ms', () => {
    expect(() => new NoiseFloorTracker(0)).toThrow('NoiseFloorTracker needs hops of 1..100 ms, got 0');
    expect(() => new NoiseFloorTracker(Number.NaN)).toThrow(RangeError);
  });
});
