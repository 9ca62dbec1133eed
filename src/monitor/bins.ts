import { binEdges } from '../metrics/quantile.ts';
import { binCount, type HistogramShape } from '../metrics/shape.ts';

/**
 * Where each bin lies on the scale on which values are compared: its middle, in the metric's unit; of bins that grow by
 * the same ratio, the binary logarithm of its upper edge, since times are compared as ratios.
 */
export function binPositions(shape: HistogramShape): readonly number[] {
  return Array.from({ length: binCount(shape) }, (_, bin) => {
    if (shape.kind === 'exponential') return (shape.from + bin) / 2 ** shape.scale;
    const [lower, upper] = binEdges(shape, bin);
    return (lower + upper) / 2;
  });
}

/** Sum of counts. */
export function totalOf(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

/** Mean and standard deviation of binned values; NaN when there are none. */
export interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and standard deviation of counts whose bins lie at `positions`; both on the scale of the positions. */
export function momentsOf(counts: readonly number[], positions: readonly number[]): Moments {
  const total = totalOf(counts);
  let sum = 0;
  for (const [bin, count] of counts.entries()) sum += count * positions[bin]!;
  const mean = sum / total;
  let squares = 0;
  for (const [bin, count] of counts.entries()) squares += count * (positions[bin]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / total) };
}

/**
 * Bins joined with their neighbours until each holds enough, of two samples together.
 *
 * @param leastShare What each joined bin holds at least, of `first`.
 * @param leastExpected What each joined bin would hold at least in each sample if both were alike.
 * @returns For each joined bin one past the last bin in it; a lone one when there is too little for two.
 * Source of the rule of five: Cochran, "Some methods for strengthening the common chi-square tests", Biometrics 10(4), 1954.
 */
export function joinedBins(
  first: readonly number[],
  second: readonly number[],
  leastShare: number,
  leastExpected: number,
): readonly number[] {
  const [n, m] = [totalOf(first), totalOf(second)];
  const least = Math.max((leastExpected * (n + m)) / Math.min(n, m), 1);
  const ends: number[] = [];
  let [held, heldOfFirst] = [0, 0];
  for (const [bin, count] of first.entries()) {
    held += count + second[bin]!;
    heldOfFirst += count;
    if (held >= least && heldOfFirst >= leastShare * n) {
      ends.push(bin + 1);
      [held, heldOfFirst] = [0, 0];
    }
  }
  // What is left over is too little for a bin of its own.
  if (ends.length === 0) return [first.length];
  ends[ends.length - 1] = first.length;
  return ends;
}

/** Counts of joined bins. @param ends As {@link joinedBins} gives them. */
export function joinCounts(counts: readonly number[], ends: readonly number[]): readonly number[] {
  return ends.map((end, i) => totalOf(counts.slice(i === 0 ? 0 : ends[i - 1]!, end)));
}
