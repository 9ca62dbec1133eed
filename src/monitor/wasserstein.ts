import { momentsOf, totalOf } from './bins.ts';

/**
 * Wasserstein distance of order 1 between two histograms, in standard deviations of the first: how far values have to
 * be moved on average to turn one into the other.
 *
 * @param positions Where the bins lie, ascending.
 * @returns 0 or more; infinite when all of the first lies in one bin and the second does not; NaN when one holds nothing.
 * Source: Vallender, "Calculation of the Wasserstein distance between probability distributions on the line",
 *   Theory of Probability and Its Applications 18(4), 1974: the area between the distribution functions.
 */
export function wassersteinDeviations(
  first: readonly number[],
  second: readonly number[],
  positions: readonly number[],
): number {
  const [n, m] = [totalOf(first), totalOf(second)];
  if (n === 0 || m === 0) return Number.NaN;
  let distance = 0;
  let [below, belowSecond] = [0, 0];
  for (let bin = 0; bin + 1 < positions.length; bin++) {
    below += first[bin]!;
    belowSecond += second[bin]!;
    distance += Math.abs(below / n - belowSecond / m) * (positions[bin + 1]! - positions[bin]!);
  }
  return distance === 0 ? 0 : distance / momentsOf(first, positions).deviation;
}
