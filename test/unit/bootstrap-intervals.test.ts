import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedDifferenceInterval, wordErrorRateInterval } from '../../src/evaluation/bootstrap.ts';
import { seededRandom } from '../../src/evaluation/seeded-random.ts';
import { type ClipErrors, pooledWordErrorRate } from '../../src/evaluation/word-error-rate.ts';

const clip = (editCount: number, wordCount: number): ClipErrors => ({ editCount, wordCount });
const clips = fc.array(fc.record({ editCount: fc.nat({ max: 20 }), wordCount: fc.integer({ min: 1, max: 20 }) }), {
  minLength: 1,
  maxLength: 12,
});

describe('seeded random numbers', () => {
  it('repeat for the same seed and differ for another', () => {
    const draw = (seed: number): number[] => Array.from({ length: 8 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('fill [0, 1) evenly: chi-square of 100 cells stays under its 99.9 % point', () => {
    const random = seededRandom(1);
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const x = random();
      expect(x >= 0 && x < 1).toBe(true);
      counts[Math.floor(x * 100)]!++;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(148.2);
  });
});

describe('bootstrap interval of a word error rate', () => {
  it('has no width when every clip is alike', () => {
    expect(wordErrorRateInterval([clip(1, 4), clip(1, 4), clip(1, 4)], seededRandom(1))).toEqual([0.25, 0.25]);
  });

  it('meets the normal approximation of a proportion: 400 one-word clips, a quarter wrong', () => {
    const sample = Array.from({ length: 400 }, (_, i) => clip(i % 4 === 0 ? 1 : 0, 1));
    const halfWidth = 1.96 * Math.sqrt((0.25 * 0.75) / 400);
    const [low, high] = wordErrorRateInterval(sample, seededRandom(2));
    expect(low).toBeCloseTo(0.25 - halfWidth, 2);
    expect(high).toBeCloseTo(0.25 + halfWidth, 2);
  });

  it('meets the exact distribution of all resamples of three clips', () => {
    const sample = [clip(0, 1), clip(1, 2), clip(3, 3)];
    const exact: number[] = [];
    for (const a of sample) for (const b of sample) for (const c of sample) exact.push(pooledWordErrorRate([a, b, c]));
    exact.sort((x, y) => x - y);
    // 1 of the 27 equally likely resamples lies at either end: 2.5 % falls inside both of them.
    expect(wordErrorRateInterval(sample, seededRandom(3))).toEqual([exact[0], exact[26]]);
  });

  it('lies between the best and the worst clip', () => {
    fc.assert(
      fc.property(clips, fc.integer(), (sample, seed) => {
        const rates = sample.map((one) => one.editCount / one.wordCount);
        const [low, high] = wordErrorRateInterval(sample, seededRandom(seed), { resampleCount: 200, confidence: 0.95 });
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...rates) - 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...rates) + 1e-12);
      }),
    );
  });

  it('is no number without words', () => {
    expect(wordErrorRateInterval([], seededRandom(1))).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('paired bootstrap of a difference', () => {
  it('is exactly zero for the same errors, however much the clips differ', () => {
    const sample = [clip(0, 3), clip(5, 6), clip(2, 10)];
    expect(pairedDifferenceInterval(sample, sample, seededRandom(4))).toEqual([0, 0]);
  });

  it('shows a small steady difference that the two intervals alone would hide', () => {
    const before = Array.from({ length: 60 }, (_, i) => clip(i % 10, 20));
    const after = before.map((one) => clip(one.editCount + 1, one.wordCount));
    expect(pairedDifferenceInterval(before, after, seededRandom(5))).toEqual([0.05, 0.05]);
    expect(wordErrorRateInterval(before, seededRandom(5))[1]).toBeGreaterThan(
      wordErrorRateInterval(after, seededRandom(5))[0],
    );
  });

  it('turns round when the two sides are swapped', () => {
    fc.assert(
      fc.property(clips, fc.integer(), (sample, seed) => {
        const other = sample.map((one, i) => clip((one.editCount * 7 + i) % 13, one.wordCount));
        const options = { resampleCount: 101, confidence: 0.9 };
        const [low, high] = pairedDifferenceInterval(sample, other, seededRandom(seed), options);
        const [swappedLow, swappedHigh] = pairedDifferenceInterval(other, sample, seededRandom(seed), options);
        expect(swappedLow).toBeCloseTo(-high, 12);
        expect(swappedHigh).toBeCloseTo(-low, 12);
      }),
    );
  });

  it('refuses sides that do not hold the same clips', () => {
    expect(() => pairedDifferenceInterval([clip(0, 1)], [], seededRandom(1))).toThrow(RangeError);
    expect(() => pairedDifferenceInterval([clip(0, 1)], [clip(0, 2)], seededRandom(1))).toThrow(/clip 0/);
  });
});
