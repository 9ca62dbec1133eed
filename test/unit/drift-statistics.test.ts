import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinCounts, joinedBins, momentsOf, totalOf } from '../../src/monitor/bins.ts';
import { chiSquareTail, normalQuantile, normalTail } from '../../src/monitor/distributions.ts';
import { compareMetrics } from '../../src/monitor/drift-comparison.ts';
import { DRIFT_PROFILES } from '../../src/monitor/drift-profile.ts';
import { adjustedPValues } from '../../src/monitor/multiplicity.ts';
import { normalScores } from '../../src/monitor/normal-scores.ts';
import { populationStability } from '../../src/monitor/population-stability.ts';
import { wassersteinDeviations } from '../../src/monitor/wasserstein.ts';
import { seededRandom } from '../signals.ts';

/** Chance of each number of hits among `n` trials. */
function binomial(n: number, p: number): readonly number[] {
  const chances = [(1 - p) ** n];
  for (let k = 1; k <= n; k++) chances.push((chances[k - 1]! * (n - k + 1) * p) / (k * (1 - p)));
  return chances;
}

function multinomial(shares: readonly number[], n: number, random: () => number): number[] {
  const counts = shares.map(() => 0);
  for (let left = n; left > 0; left--) {
    let draw = random();
    let bin = 0;
    while (bin < shares.length - 1 && draw >= shares[bin]!) draw -= shares[bin++]!;
    counts[bin]!++;
  }
  return counts;
}

describe('tails of distributions', () => {
  it('agree with the printed tables of the chi-square distribution', () => {
    // Abramowitz and Stegun, table 26.8: degrees of freedom, value, tail.
    for (const [freedom, value, tail] of [
      ...[[1, 3.84146, 0.05] as const, [1, 10.8276, 0.001] as const, [2, 13.8155, 0.001] as const],
      ...[[4, 9.48773, 0.05] as const, [9, 16.919, 0.05] as const, [10, 23.2093, 0.01] as const],
      ...[[30, 43.7729, 0.05] as const, [25, 52.6197, 0.001] as const, [7, 2.16735, 0.95] as const],
    ]) {
      expect(chiSquareTail(value, freedom) / tail).toBeCloseTo(1, 4);
    }
  });

  it('agree with the printed tables of the normal distribution, far out too', () => {
    expect(normalTail(1.959964)).toBeCloseTo(0.025, 8);
    expect(normalTail(3.090232) / 0.001).toBeCloseTo(1, 5);
    expect(normalTail(4.264891) / 1e-5).toBeCloseTo(1, 5);
    expect(normalTail(6.361341) / 1e-10).toBeCloseTo(1, 5);
    expect(normalTail(-1.28155157)).toBeCloseTo(0.9, 7);
  });

  it('are undone by the quantile', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (share) => {
        const below = 1 - normalTail(normalQuantile(share));
        return Math.abs(below - share) < 1e-12 + 1e-9 * share;
      }),
    );
  });

  it('fall as the statistic grows, from 1 to 0', () => {
    const positive = fc.double({ min: 0, max: 2_000, noNaN: true });
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 1, max: 120 }), (a, b, freedom) => {
        const [low, high] = [chiSquareTail(Math.min(a, b), freedom), chiSquareTail(Math.max(a, b), freedom)];
        return low <= 1 && high >= 0 && high <= low + 1e-12;
      }),
    );
  });
});

describe('many tests at once', () => {
  it('find what Benjamini and Hochberg found in their example', () => {
    // JRSS B 57(1), 1995, section 4: 15 hypotheses on thrombolysis; at 5 % four are rejected, by Bonferroni three.
    const published = [
      ...[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344],
      ...[0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1],
    ];
    const adjusted = adjustedPValues(published);
    expect(adjusted.filter((p) => p <= 0.05)).toHaveLength(4);
    expect(adjusted[3]).toBeCloseTo((0.0095 * 15) / 4, 12);
  });

  it('reject exactly what the step-up procedure rejects, in any order', () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(shares, fc.double({ min: 0.01, max: 0.3, noNaN: true }), (pValues, level) => {
        const sorted = pValues.toSorted((a, b) => a - b);
        let limit = -1;
        for (const [i, p] of sorted.entries()) if (p <= ((i + 1) * level) / sorted.length) limit = p;
        const adjusted = adjustedPValues(pValues);
        for (const [i, p] of pValues.entries()) {
          // Rounding may move a value that lies on the limit.
          if (Math.abs(adjusted[i]! - level) > 1e-12) expect(adjusted[i]! <= level).toBe(p <= limit);
        }
      }),
    );
  });
});

describe('the population stability index', () => {
  it('is the sum of differences times log ratios', () => {
    const { psi, binCount } = populationStability([30_000, 50_000, 20_000], [20_000, 50_000, 30_000]);
    expect(binCount).toBe(3);
    expect(psi).toBeCloseTo(2 * 0.1 * Math.log(1.5), 4);
  });

  it('rejects as often as it says, by exact enumeration of two samples of two bins', () => {
    for (const [n, m, p] of [[60, 60, 0.5] as const, [200, 80, 0.3] as const]) {
      const [first, second] = [binomial(n, p), binomial(m, p)];
      let rejected = 0;
      for (const [a, chance] of first.entries()) {
        for (const [b, chanceSecond] of second.entries()) {
          const { pValue } = populationStability([n - a, a], [m - b, b]);
          if (pValue <= 0.05) rejected += chance * chanceSecond;
        }
      }
      expect(rejected).toBeGreaterThan(0.035);
      expect(rejected).toBeLessThan(0.06);
    }
  });

  it('rejects as often as it says, over ten bins and samples of very different sizes', () => {
    const random = seededRandom(11);
    const shares = [0.02, 0.05, 0.1, 0.2, 0.2, 0.15, 0.12, 0.08, 0.05, 0.03];
    let [atFive, atOne] = [0, 0];
    const runs = 4_000;
    for (let run = 0; run < runs; run++) {
      const { pValue } = populationStability(multinomial(shares, 2_000, random), multinomial(shares, 300, random));
      if (pValue <= 0.05) atFive++;
      if (pValue <= 0.01) atOne++;
    }
    // Three standard errors of 4,000 runs.
    expect(Math.abs(atFive / runs - 0.05)).toBeLessThan(0.0105);
    expect(Math.abs(atOne / runs - 0.01)).toBeLessThan(0.005);
  });

  it('says nothing of nothing, and of what lies in one bin', () => {
    expect(populationStability([0, 0], [3, 4]).pValue).toBe(1);
    expect(populationStability([500, 0, 0], [500, 0, 0]).pValue).toBe(1);
  });
});

describe('joined bins', () => {
  const counts = fc.array(fc.nat(40), { minLength: 1, maxLength: 40 });

  it('keep every value, cover every bin, and hold enough', () => {
    fc.assert(
      fc.property(counts, fc.nat(5), (first, seed) => {
        const random = seededRandom(seed);
        const second = first.map(() => Math.floor(30 * random()));
        fc.pre(totalOf(first) > 0 && totalOf(second) > 0);
        const ends = joinedBins(first, second, 0.1, 5);
        expect(ends.at(-1)).toBe(first.length);
        expect(totalOf(joinCounts(first, ends))).toBe(totalOf(first));
        const [n, m] = [totalOf(first), totalOf(second)];
        const both = joinCounts(first, ends).map((count, bin) => count + joinCounts(second, ends)[bin]!);
        if (ends.length > 1) {
          for (const count of both) expect((count * Math.min(n, m)) / (n + m)).toBeGreaterThanOrEqual(5 - 1e-9);
        }
      }),
    );
  });
});

describe('the Wasserstein distance', () => {
  it('is the mean distance of the sorted values, in standard deviations', () => {
    const values = fc.array(fc.nat(30), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const binned = (list: readonly number[]): number[] => {
          const counts = new Array<number>(31).fill(0);
          for (const value of list) counts[value]!++;
          return counts;
        };
        const positions = Array.from({ length: 31 }, (_, i) => 2 * i + 1);
        const { deviation } = momentsOf(binned(first), positions);
        fc.pre(deviation > 0);
        const [a, b] = [first.toSorted((x, y) => x - y), second.toSorted((x, y) => x - y)];
        const mean = a.reduce((sum, value, i) => sum + 2 * Math.abs(value - b[i]!), 0) / a.length;
        expect(wassersteinDeviations(binned(first), binned(second), positions)).toBeCloseTo(mean / deviation, 10);
      }),
    );
  });
});

describe('normal scores', () => {
  it('make any distribution standard normal, however skewed', () => {
    const random = seededRandom(4);
    const counts = new Array<number>(60).fill(0);
    for (let i = 0; i < 50_000; i++) counts[Math.min(59, Math.floor(-8 * Math.log(1 - random())))]!++;
    const scores = normalScores(counts);
    const { mean, deviation } = momentsOf(counts, scores);
    expect(mean).toBeCloseTo(0, 1);
    expect(deviation).toBeGreaterThan(0.95);
    expect(deviation).toBeLessThan(1.01);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });
});

describe('comparing two samples', () => {
  const positions = [0, 1, 2, 3];
  const even = [250, 250, 250, 250];
  const metric = (name: string, reference: number[], current: number[], isRate = false) => {
    return { name, reference, current, positions: isRate ? undefined : positions, designEffect: 1 };
  };

  it('calls drift what is both significant and large', () => {
    const scaled = (counts: readonly number[], by: number): number[] => counts.map((count) => count * by);
    const found = compareMetrics(
      [
        metric('large', even, [150, 200, 300, 350]),
        // Significant among so many values, but 0.03 standard deviations.
        metric('small', scaled(even, 1_000), scaled([245, 250, 250, 255], 1_000)),
        metric('rare', even, [20, 20, 20, 20]),
        metric('doubled rate', [950, 50], [900, 100], true),
        metric('rate a tenth higher', scaled([950, 50], 1_000), scaled([945, 55], 1_000), true),
      ],
      DRIFT_PROFILES['user-facing'],
    );
    expect(found.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['large', 'drift'],
      ['small', 'no-drift'],
      ['rare', 'too-few'],
      ['doubled rate', 'drift'],
      ['rate a tenth higher', 'no-drift'],
    ]);
    expect(found[1]!.adjustedPValue).toBeLessThan(1e-6);
    expect(found[3]!.shift).toBeCloseTo(1, 12);
    expect(found[0]!.shift).toBeCloseTo(0.35 / Math.sqrt(1.25), 12);
  });

  it('takes 0.1 standard deviations as drift only when it is no chance', () => {
    const [before, now] = [metric('few', even, [235, 250, 250, 265]), metric('many', even, [100, 200, 300, 400])];
    const [few, many] = compareMetrics([before, now], DRIFT_PROFILES['user-facing']);
    expect(few!.verdict).toBe('no-drift');
    expect(many!.verdict).toBe('drift');
  });
});
