import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseGain, GAIN_DEFAULTS, type GainChoice, type GainInput, resolveGainOptions } from '../../src/dsp/gain.ts';

function choose(input: Partial<GainInput>, limits = GAIN_DEFAULTS): GainChoice {
  const result: GainChoice = { gainDb: Number.NaN, shortfallDb: Number.NaN, limitedBy: 'noise' };
  chooseGain({ loudnessLufs: -30, truePeakDbtp: -60, noiseLevelDbfs: -100, ...input }, limits, result);
  return result;
}

describe('the gain of a segment', () => {
  it('brings the loudness to -23 LUFS where nothing holds it back', () => {
    expect(choose({})).toEqual({ gainDb: 7, shortfallDb: 0, limitedBy: 'none' });
    expect(choose({ loudnessLufs: -20 })).toEqual({ gainDb: -3, shortfallDb: 0, limitedBy: 'none' });
  });

  it('stays within -12 and +40 dB', () => {
    expect(choose({ loudnessLufs: -68 })).toEqual({ gainDb: 40, shortfallDb: 5, limitedBy: 'maximum' });
    expect(choose({ loudnessLufs: -5 })).toEqual({ gainDb: -12, shortfallDb: 0, limitedBy: 'minimum' });
  });

  it('keeps the true peak at -1 dBTP', () => {
    expect(choose({ truePeakDbtp: -4 })).toEqual({ gainDb: 3, shortfallDb: 4, limitedBy: 'true-peak' });
    expect(choose({ truePeakDbtp: 1 })).toEqual({ gainDb: -2, shortfallDb: 9, limitedBy: 'true-peak' });
  });

  it('does not lift noise over -40 dBFS, and lowers nothing because of noise', () => {
    expect(choose({ noiseLevelDbfs: -45 })).toEqual({ gainDb: 5, shortfallDb: 2, limitedBy: 'noise' });
    expect(choose({ noiseLevelDbfs: -30 })).toEqual({ gainDb: 0, shortfallDb: 7, limitedBy: 'noise' });
    expect(choose({ loudnessLufs: -20, noiseLevelDbfs: -30 })).toEqual({
      gainDb: -3,
      shortfallDb: 0,
      limitedBy: 'none',
    });
  });

  it('leaves silence alone', () => {
    for (const loudnessLufs of [Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(choose({ loudnessLufs, truePeakDbtp: -Infinity })).toEqual({
        gainDb: 0,
        shortfallDb: 0,
        limitedBy: 'none',
      });
    }
  });

  it('amplifies nothing whose peak or noise is not known', () => {
    expect(choose({ truePeakDbtp: Number.NaN }).gainDb).toBe(0);
    expect(choose({ noiseLevelDbfs: Number.NaN }).gainDb).toBe(0);
    expect(choose({ loudnessLufs: -20, noiseLevelDbfs: Number.NaN }).gainDb).toBe(-3);
  });

  it('keeps every promise for any input', () => {
    const level = fc.oneof(fc.double({ min: -120, max: 20 }), fc.constantFrom(-Infinity, Infinity, Number.NaN));
    fc.assert(
      fc.property(level, level, level, (loudnessLufs, truePeakDbtp, noiseLevelDbfs) => {
        const { gainDb, shortfallDb } = choose({ loudnessLufs, truePeakDbtp, noiseLevelDbfs });
        expect(gainDb).toBeGreaterThanOrEqual(-12);
        expect(gainDb).toBeLessThanOrEqual(40);
        expect(shortfallDb).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(shortfallDb)).toBe(true);
        if (gainDb > 0) {
          expect(loudnessLufs + gainDb).toBeLessThanOrEqual(-23 + 1e-9);
          expect(truePeakDbtp + gainDb).toBeLessThanOrEqual(-1 + 1e-9);
          expect(noiseLevelDbfs + gainDb).toBeLessThanOrEqual(-40 + 1e-9);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});

describe('gain options', () => {
  it('fill in the defaults', () => {
    expect(resolveGainOptions()).toEqual(GAIN_DEFAULTS);
    expect(resolveGainOptions({ targetLufs: -26 })).toEqual({ ...GAIN_DEFAULTS, targetLufs: -26 });
  });

  it('name the field, its range and the value they refuse', () => {
    expect(() => resolveGainOptions({ targetLufs: 3 })).toThrow('targetLufs must lie in -70..0, got 3');
    expect(() => resolveGainOptions({ minGainDb: 1 })).toThrow('minGainDb must lie in -60..0, got 1');
    expect(() => resolveGainOptions({ maxGainDb: Number.NaN })).toThrow('maxGainDb must lie in 0..60, got NaN');
    expect(() => resolveGainOptions({ truePeakCeilingDbtp: 0.5 })).toThrow(RangeError);
    expect(() => resolveGainOptions({ noiseCeilingDbfs: -100 })).toThrow(RangeError);
  });
});
