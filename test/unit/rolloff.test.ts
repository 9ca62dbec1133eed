import { describe, expect, it } from 'vitest';
import { RealFft } from '../../src/dsp/real-fft.ts';
import { Resampler } from '../../src/dsp/resampler.ts';
import { RolloffMeter } from '../../src/dsp/rolloff.ts';
import { concatenate, hopsOf, mix, seededNormal, silence, speechLikeBursts, tone, whiteNoise } from '../signals.ts';

const RATE_HZ = 16_000;

function rolloffHz(samples: Float32Array): number {
  const meter = new RolloffMeter(RATE_HZ);
  for (const hop of hopsOf(samples, 160)) meter.pushHop(hop);
  return meter.rolloffHz();
}

function resample(samples: Float32Array, inputRateHz: number, outputRateHz: number): Float32Array {
  const resampler = new Resampler(inputRateHz, outputRateHz);
  const output = new Float32Array(resampler.maxOutputFor(samples.length));
  return output.subarray(0, resampler.push(samples, output));
}

describe('RealFft', () => {
  it.each([4, 8, 64, 256])('gives the power of the Fourier sum written out, size %i', (size) => {
    const normal = seededNormal(size);
    const samples = Float64Array.from({ length: size }, normal);
    const power = new Float64Array(size / 2 + 1);
    new RealFft(size).powerSpectrum(samples, power);
    for (let k = 0; k <= size / 2; k++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        re += samples[n]! * Math.cos((2 * Math.PI * k * n) / size);
        im -= samples[n]! * Math.sin((2 * Math.PI * k * n) / size);
      }
      expect(power[k]).toBeCloseTo(re * re + im * im, 8);
    }
  });

  it.each([0, 2, 100, 131_072, 8.5])('refuses size %d', (size) => {
    expect(() => new RealFft(size)).toThrow(`power of two in 4..65536 as its size, got ${size}`);
  });
});

describe('roll-off', () => {
  it('of white noise lies at 99 % of the band, within 100 Hz', () => {
    expect(Math.abs(rolloffHz(whiteNoise(RATE_HZ, 5, -20, 1)) - 0.99 * 8_000)).toBeLessThan(100);
  });

  it('of a tone lies at the tone, within half the width of the window', () => {
    for (const frequencyHz of [500, 2_000, 6_000]) {
      expect(Math.abs(rolloffHz(tone(RATE_HZ, 2, frequencyHz, -20)) - frequencyHz)).toBeLessThan(200);
    }
  });

  it('shows sound from an 8 kHz headset at 4 kHz or lower', () => {
    const wide = mix(speechLikeBursts(RATE_HZ, 5, -25, { seed: 2 }), whiteNoise(RATE_HZ, 5, -35, 3));
    expect(rolloffHz(wide)).toBeGreaterThan(6_000);
    expect(rolloffHz(resample(resample(wide, RATE_HZ, 8_000), 8_000, RATE_HZ))).toBeLessThanOrEqual(4_000);
  });

  it('does not hear a constant offset, nor the jump between hops that do not belong together', () => {
    const low = tone(RATE_HZ, 1, 800, -20);
    expect(rolloffHz(low.map((x) => x + 0.3))).toBe(rolloffHz(low));
    const hops = hopsOf(low, 160).flatMap((hop) => [hop, hop, silence(RATE_HZ, 0.02)]);
    expect(rolloffHz(concatenate(...hops))).toBeLessThan(1_100);
  });

  it('is 0 for nothing, for silence and after reset', () => {
    const meter = new RolloffMeter(RATE_HZ);
    expect(meter.rolloffHz()).toBe(0);
    meter.pushHop(new Float32Array(160));
    expect(meter.rolloffHz()).toBe(0);
    for (const hop of hopsOf(whiteNoise(RATE_HZ, 0.1, -20, 1), 160)) meter.pushHop(hop);
    expect(meter.rolloffHz()).toBeGreaterThan(0);
    meter.reset();
    expect(meter.rolloffHz()).toBe(0);
  });

  it('refuses rates and hops it cannot work with', () => {
    expect(() => new RolloffMeter(4_000)).toThrow('RolloffMeter needs a rate of at least 8000 Hz, got 4000');
    expect(() => new RolloffMeter(RATE_HZ, 257)).toThrow('RolloffMeter needs hops of 32..256 samples, got 257');
  });
});
