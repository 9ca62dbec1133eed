import { seededRandom } from '../../../src/evaluation/seeded-random.ts';

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

const TAIL_SHARE = 0.025;
const SEED = 20;

/** Value below which `share` of the values lie, linear between neighbours; Infinity is allowed; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  // Infinity - Infinity is no number; between two of them lies the same.
  return low === high ? low : low + (high - low) * (position - below);
}

/** Mean; NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * 95 % percentile interval of any statistic of clips, which are drawn with replacement as a whole.
 *
 * @param clipCount How many clips there are.
 * @param statistic Gets the indices drawn; NaN leaves a resample out.
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3.
 */
export function bootstrapInterval(
  clipCount: number,
  statistic: (drawn: Uint32Array) => number,
  resampleCount = 2_000,
): Interval {
  const random = seededRandom(SEED);
  const drawn = new Uint32Array(clipCount);
  const values: number[] = [];
  for (let resample = 0; resample < resampleCount; resample++) {
    for (let i = 0; i < clipCount; i++) drawn[i] = Math.floor(random() * clipCount);
    const value = statistic(drawn);
    if (!Number.isNaN(value)) values.push(value);
  }
  return [quantile(values, TAIL_SHARE), quantile(values, 1 - TAIL_SHARE)];
}

/** Interval of a quantile of values that come in groups, one group a clip. */
export function quantileInterval(groups: readonly (readonly number[])[], share: number): Interval {
  return bootstrapInterval(
    groups.length,
    (drawn) => {
      const values: number[] = [];
      for (const clip of drawn) values.push(...groups[clip]!);
      return quantile(values, share);
    },
    1_000,
  );
}

/** Interval of sum(numerators) / sum(denominators). */
export function ratioInterval(numerators: readonly number[], denominators: readonly number[]): Interval {
  return bootstrapInterval(numerators.length, (drawn) => {
    let numerator = 0;
    let denominator = 0;
    for (const clip of drawn) {
      numerator += numerators[clip]!;
      denominator += denominators[clip]!;
    }
    return denominator === 0 ? Number.NaN : numerator / denominator;
  });
}
