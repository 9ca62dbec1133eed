import { describe, expect, it } from 'vitest';
import { changeShape, type HourResidual } from '../../src/monitor/change-shape.ts';
import { driftCause } from '../../src/monitor/drift-cause.ts';
import { commonOdds, type Stratum } from '../../src/monitor/mantel-haenszel.ts';
import { seededNormal } from '../signals.ts';

/** Counts of a stratum, as tables print them: the first row is now, the second the reference. */
function stratum(currentBad: number, currentGood: number, referenceBad: number, referenceGood: number): Stratum {
  return {
    currentBad,
    currentCount: currentBad + currentGood,
    referenceBad,
    referenceCount: referenceBad + referenceGood,
  };
}

describe('odds with the stratum held fixed', () => {
  it('are those published for the penicillin trial', () => {
    // Mantel 1963, as in R's "Rabbits": odds ratio 7, chi-square 3.9286, p = 0.04747.
    const rabbits = [
      stratum(0, 6, 0, 5),
      stratum(3, 3, 0, 6),
      stratum(6, 0, 2, 4),
      stratum(5, 1, 6, 0),
      stratum(2, 0, 5, 0),
    ];
    const { oddsRatio, pValue } = commonOdds(rabbits);
    expect(oddsRatio).toBeCloseTo(7, 10);
    expect(pValue).toBeCloseTo(0.04747, 5);
  });

  it('are those published for admissions at Berkeley, where the pooled ones say the opposite', () => {
    // R's documentation of mantelhaen.test: odds ratio 0.9046968, p = 0.2323.
    const departments = [
      ...[stratum(512, 313, 89, 19), stratum(353, 207, 17, 8), stratum(120, 205, 202, 391)],
      ...[stratum(138, 279, 131, 244), stratum(53, 138, 94, 299), stratum(22, 351, 24, 317)],
    ];
    const { oddsRatio, pValue } = commonOdds(departments);
    expect(oddsRatio).toBeCloseTo(0.9046968, 7);
    expect(pValue).toBeCloseTo(0.2323, 4);
  });

  it('say nothing where nothing can be compared', () => {
    expect(commonOdds([stratum(3, 4, 0, 0), stratum(0, 0, 2, 2)]).pValue).toBe(1);
  });
});

describe('the cause of a change', () => {
  /** Strata of three levels of noise by two lengths: bad shares .20, .10, .04. */
  const strata = (now: readonly number[], factor: number): readonly Stratum[] =>
    [0.2, 0.1, 0.04].flatMap((share, i) =>
      [0.5, 0.5].map((half): Stratum => {
        const before = [1_000, 3_000, 6_000][i]!;
        const count = half * now[i]!;
        return {
          referenceBad: Math.round(share * half * before),
          referenceCount: half * before,
          currentBad: Math.round(share * factor * count),
          currentCount: count,
        };
      }),
    );

  it('is the data when other input gets the same answers', () => {
    const { cause, oddsRatio, explainedChange, unexplainedChange } = driftCause(strata([3_000, 4_000, 3_000], 1), 2);
    expect(cause).toBe('data');
    expect(oddsRatio).toBeCloseTo(1, 6);
    // Rates at the reference's odds: 0.112 now against 0.074.
    expect(explainedChange).toBeCloseTo(0.112 - 0.074, 10);
    expect(unexplainedChange).toBeCloseTo(0, 10);
  });

  it('is the concept when the same input gets other answers', () => {
    const { cause, explainedChange, unexplainedChange } = driftCause(strata([1_000, 3_000, 6_000], 1.5), 2);
    expect(cause).toBe('concept');
    expect(explainedChange).toBeCloseTo(0, 10);
    expect(unexplainedChange).toBeCloseTo(0.5 * 0.074, 10);
  });

  it('is both, or none, when it is', () => {
    expect(driftCause(strata([3_000, 4_000, 3_000], 1.5), 2).cause).toBe('both');
    expect(driftCause(strata([1_000, 3_000, 6_000], 1), 2).cause).toBe('none');
  });

  it('is not told from speakers who come again', () => {
    const faint = strata([1_000, 3_000, 6_000], 1.25);
    expect(driftCause(faint, 2).cause).toBe('concept');
    expect(driftCause(faint, 2, 20).cause).toBe('none');
  });
});

describe('the shape of a change', () => {
  const FIRST = 500_000;
  const hours = (meanAt: (hour: number) => number, noise: number, isThere = (_: number) => true): HourResidual[] => {
    const normal = seededNormal(9);
    return Array.from({ length: 336 }, (_, i) => ({
      hour: FIRST + i,
      count: 50 + (i % 24),
      mean: meanAt(i) + noise * normal(),
    })).filter((_, i) => isThere(i));
  };
  const ramp = (hour: number): number => 0.6 * Math.min(1, Math.max(0, (hour - 100) / 72));

  it('is sudden for a step, with its hour and size', () => {
    const found = changeShape(hours((hour) => (hour >= 170 ? 0.5 : 0), 0.1))!;
    expect(found.shape).toBe('sudden');
    expect(found.onsetHour).toBe(FIRST + 170);
    expect(found.onsetRange[0]).toBeGreaterThanOrEqual(FIRST + 168);
    expect(found.onsetRange[1]).toBeLessThanOrEqual(FIRST + 172);
    // Two standard errors of 160 hours and more on either side.
    expect(Math.abs(found.change - 0.5)).toBeLessThan(0.024);
  });

  it('is gradual for a ramp, with its slope a day, through nights without values', () => {
    for (const isThere of [() => true, (hour: number) => hour % 24 > 5]) {
      const found = changeShape(hours(ramp, 0.05, isThere))!;
      expect(found.shape).toBe('gradual');
      expect(Math.abs(found.onsetHour - FIRST - 100)).toBeLessThan(8);
      expect(found.slopePerDay).toBeGreaterThan(0.17);
      expect(found.slopePerDay).toBeLessThan(0.23);
    }
  });

  it('is undetermined where noise hides it, and where nothing changed', () => {
    expect(changeShape(hours(ramp, 3))!.shape).toBe('undetermined');
    expect(changeShape(hours(() => 0, 1))!.shape).toBe('undetermined');
  });

  it('fits what weighted least squares fit', () => {
    const data = hours((hour) => (hour >= 170 ? 0.5 : 0), 0.1);
    const { onsetHour, change } = changeShape(data)!;
    const mean = (part: readonly HourResidual[]): number =>
      part.reduce((sum, one) => sum + one.count * one.mean, 0) / part.reduce((sum, { count }) => sum + count, 0);
    const [before, after] = [data.filter(({ hour }) => hour < onsetHour), data.filter(({ hour }) => hour >= onsetHour)];
    expect(change).toBeCloseTo(mean(after) - mean(before), 9);
  });

  it('is not asked of a single day', () => {
    expect(changeShape(hours(() => 0, 1).slice(0, 23))).toBeUndefined();
  });
});
