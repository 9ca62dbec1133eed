import { describe, expect, it } from 'vitest';
import { TruePeakMeter } from '../../src/dsp/true-peak.ts';
import { amplitudeToDb } from '../../src/units.ts';
import { hopsOf, seededRandom, tone } from '../signals.ts';

/** True peak in dBTP of a whole signal, with zeros behind it to see its last points. */
function truePeakDbtp(samples: Float32Array, rateHz: number, hopSamples = rateHz / 100): number {
  const meter = new TruePeakMeter(rateHz);
  let largest = 0;
  for (const hop of hopsOf(samples, hopSamples)) largest = Math.max(largest, meter.pushHop(hop));
  return amplitudeToDb(Math.max(largest, meter.pushHop(new Float32Array(meter.delaySamples))));
}

/** The signal with 10 ms fades: an abrupt start really does overshoot between samples. */
function faded(samples: Float32Array, rateHz: number): Float32Array {
  const length = rateHz / 100;
  return samples.map((x, i) => {
    const edge = Math.min(1, (i + 0.5) / length, (samples.length - i - 0.5) / length);
    return x * (0.5 - 0.5 * Math.cos(Math.PI * edge));
  });
}

// Source: EBU Tech 3341 (v3), table 1, cases 15 to 19: tolerance +0.2 / -0.4 dB.
const EBU_CASES: readonly (readonly [
  name: number,
  divisor: number,
  amplitude: number,
  phaseDegrees: number,
  dbtp: number,
])[] = [
  [15, 4, 0.5, 0, -6],
  [16, 4, 0.5, 45, -6],
  [17, 6, 0.5, 60, -6],
  [18, 8, 0.5, 67.5, -6],
  [19, 4, 1.41, 45, 3],
];

describe.each([16_000, 48_000])('true peak at %i Hz', (rateHz) => {
  it.each(EBU_CASES)(
    'reads EBU Tech 3341 case %i within +0.2 / -0.4 dB',
    (_name, divisor, amplitude, phaseDegrees, dbtp) => {
      const signal = tone(rateHz, 1, rateHz / divisor, amplitudeToDb(amplitude), phaseDegrees);
      const error = truePeakDbtp(faded(signal, rateHz), rateHz) - dbtp;
      expect(error).toBeGreaterThanOrEqual(-0.4);
      expect(error).toBeLessThanOrEqual(0.2);
    },
  );

  it('reads sines up to 0.45 of the rate within +0.2 / -0.4 dB at any phase', () => {
    for (const share of [0.01, 0.1, 0.2, 0.25, 0.3, 1 / 3, 0.4, 0.44, 0.45]) {
      for (const phaseDegrees of [0, 11, 30, 45, 60, 78, 90]) {
        const signal = faded(tone(rateHz, 0.1, share * rateHz, -6, phaseDegrees), rateHz);
        const error = truePeakDbtp(signal, rateHz) + 6;
        expect(error, `${share} of the rate at ${phaseDegrees} degrees`).toBeGreaterThanOrEqual(-0.4);
        expect(error, `${share} of the rate at ${phaseDegrees} degrees`).toBeLessThanOrEqual(0.2);
      }
    }
  });
});

describe('TruePeakMeter', () => {
  it('finds the peak of mixed tones that a fine evaluation of the formula finds, within +0.2 / -0.4 dB', () => {
    const rateHz = 16_000;
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const parts = Array.from({ length: 6 }, () => ({
        cycles: 0.02 + 0.42 * random(),
        phase: 2 * Math.PI * random(),
      }));
      const valueAt = (position: number) =>
        parts.reduce((sum, { cycles, phase }) => sum + 0.15 * Math.sin(2 * Math.PI * cycles * position + phase), 0);
      const meter = new TruePeakMeter(rateHz);
      let measured = 0;
      for (let hop = 0; hop < 10; hop++) {
        const largest = meter.pushHop(Float32Array.from({ length: 160 }, (_, i) => valueAt(hop * 160 + i)));
        // The start of the stream is a step from silence and left out.
        if (hop >= 2) measured = Math.max(measured, largest);
      }
      let expected = 0;
      for (let position = 320 - meter.delaySamples; position < 1_600; position += 0.01) {
        expected = Math.max(expected, Math.abs(valueAt(position)));
      }
      const error = amplitudeToDb(measured / expected);
      expect(error, `seed ${seed}`).toBeGreaterThanOrEqual(-0.4);
      expect(error, `seed ${seed}`).toBeLessThanOrEqual(0.2);
    }
  });

  it('sees a peak that lies across a hop boundary, wherever the stream is cut', () => {
    const signal = faded(tone(16_000, 0.2, 4_000, -6, 45), 16_000);
    const whole = truePeakDbtp(signal, 16_000, signal.length);
    for (const hopSamples of [1, 2, 64, 160, 800])
      expect(truePeakDbtp(signal, 16_000, hopSamples)).toBeCloseTo(whole, 9);
  });

  it('never reads less than the samples of the hop', () => {
    const hop = new Float32Array(160);
    hop[159] = -0.75;
    expect(new TruePeakMeter(16_000).pushHop(hop)).toBe(0.75);
  });

  it('reads nothing in digital silence and after reset', () => {
    const meter = new TruePeakMeter(16_000);
    expect(meter.pushHop(new Float32Array(160))).toBe(0);
    meter.pushHop(new Float32Array(160).fill(1));
    meter.reset();
    expect(meter.pushHop(new Float32Array(160))).toBe(0);
  });

  it('refuses a rate under 8 kHz', () => {
    expect(() => new TruePeakMeter(1_000)).toThrow('TruePeakMeter needs a rate of at least 8000 Hz, got 1000');
  });
});
