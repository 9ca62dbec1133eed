import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distribution, modifiedZScores, quantile } from '../../src/cli/distribution.ts';

describe('a distribution', () => {
  it('has every value in exactly one bin', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1 }), (values) => {
        const { bins, min, max, count } = distribution(values, false)!;
        expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(count);
        expect(bins[0]!.from).toBeLessThanOrEqual(min + 1e-6);
        expect(bins.at(-1)!.to).toBeGreaterThanOrEqual(max - 1e-6);
        for (const [i, bin] of bins.slice(1).entries()) expect(bin.from).toBe(bins[i]!.to);
      }),
    );
  });

  it('has edges that people can read', () => {
    const { bins } = distribution([0.1, 0.2, 0.30000001, 3], false)!;
    expect(bins.slice(0, 3).map(({ from, to }) => [from, to])).toEqual([
      [0.1, 0.2],
      [0.2, 0.3],
      [0.3, 0.4],
    ]);
  });

  it('counts events in bins that double', () => {
    const { bins } = distribution([0, 0, 0, 1, 2, 3, 4, 7, 8], true)!;
    expect(bins).toEqual([
      { from: 0, to: 1, count: 3 },
      { from: 1, to: 2, count: 1 },
      { from: 2, to: 4, count: 2 },
      { from: 4, to: 8, count: 2 },
      { from: 8, to: 16, count: 1 },
    ]);
  });

  it('of one value is that value', () => {
    expect(distribution([-23], false)).toMatchObject({ count: 1, min: -23, p5: -23, median: -23, p95: -23, max: -23 });
  });

  it('of nothing there is none', () => {
    expect(distribution([], false)).toBeUndefined();
  });
});

describe('a quantile', () => {
  it.each([
    // Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, definition 7.
    [0, 1],
    [0.25, 2],
    [0.5, 3],
    [0.9, 4.6],
    [1, 5],
  ])('at %d of 1..5 is %d', (share, expected) => {
    expect(quantile([1, 2, 3, 4, 5], share)).toBeCloseTo(expected, 12);
  });
});

describe('the modified z-score', () => {
  it('labels what stands far from the median, and only that', () => {
    // Median 3, absolute deviations 2 1 0 1 97 with the median 1: 0.6745 * 97 / 1.
    expect(modifiedZScores([1, 2, 3, 4, 100])).toEqual([-1.349, -0.6745, 0, 0.6745, expect.closeTo(65.4265, 4)]);
  });

  it('is 0 where more than half of the values are the same', () => {
    expect(modifiedZScores([5, 5, 5, 9])).toEqual([0, 0, 0, 0]);
  });
});
