import { totalOf } from './bins.ts';
import { normalQuantile } from './distributions.ts';

/**
 * What a value in each bin stands for: the standard normal number of the same rank among the reference's values.
 *
 * A level, a time and a share then follow the same distribution when all is well, however skewed they are, so that one
 * threshold gives all of them the same run length, and a single wild value weighs little.
 *
 * @param counts The reference's, at least one value.
 * @returns Ascending with the bins; bins without values of the reference lie between their neighbours.
 * Source: van der Waerden, "Order tests for the two-sample problem and their power", Indagationes Mathematicae 14, 1952;
 *   the middle of a bin's ranks stands for its ties.
 */
export function normalScores(counts: readonly number[]): readonly number[] {
  const total = totalOf(counts);
  let below = 0;
  return counts.map((count) => {
    const rank = below + count / 2;
    below += count;
    return normalQuantile(Math.min(Math.max(rank, 0.5), total - 0.5) / total);
  });
}
