import { joinCounts, joinedBins, totalOf } from './bins.ts';
import { chiSquareTail } from './distributions.ts';

/** How stable a population is between two samples. */
export interface Stability {
  /** Population stability index; 0 for equal shares. */
  readonly psi: number;
  /** Chance of such a difference, or a larger one, when both samples come from the same population. */
  readonly pValue: number;
  /** Bins that were compared, after joining. */
  readonly binCount: number;
}

/** About ten bins, as is usual for the index; what has no more bins keeps them, however rare. */
const USUAL_BINS = 10;
const LEAST_SHARE = 0.08;
const LEAST_EXPECTED = 5;
/** Half a value in each bin keeps the logarithm finite (Haldane 1956, Anscombe 1956). */
const CONTINUITY = 0.5;

/**
 * Population stability index of two histograms with its p-value.
 *
 * The index alone grows as samples shrink: PSI / (1/n + 1/m) is distributed as chi-square with B - 1 degrees of freedom
 * when both samples come from the same population, so that a fixed limit such as 0.1 means something else at every size.
 *
 * @param reference Counts by bin; the joined bins follow its quantiles.
 * @param current Counts of as many bins.
 * @param designEffect How much more counts vary than independent ones would, 1 or more; the statistic is divided by it.
 * @returns A p-value of 1 when one of the two holds nothing, or too little for two bins.
 * Source: Yurdakul, "Statistical Properties of Population Stability Index", Western Michigan University, 2018, chapter 3;
 *   Rao and Scott, Annals of Statistics 12(1), 1984, for the first-order correction by the design effect.
 */
export function populationStability(
  reference: readonly number[],
  current: readonly number[],
  designEffect = 1,
): Stability {
  const [n, m] = [totalOf(reference), totalOf(current)];
  if (n === 0 || m === 0) return { psi: 0, pValue: 1, binCount: 1 };
  const ends = joinedBins(reference, current, reference.length > USUAL_BINS ? LEAST_SHARE : 0, LEAST_EXPECTED);
  const before = joinCounts(reference, ends);
  const after = joinCounts(current, ends);
  let psi = 0;
  for (const [bin, count] of before.entries()) {
    const p = (count + CONTINUITY) / (n + CONTINUITY * ends.length);
    const q = (after[bin]! + CONTINUITY) / (m + CONTINUITY * ends.length);
    psi += (q - p) * Math.log(q / p);
  }
  const statistic = psi / (1 / n + 1 / m) / designEffect;
  return { psi, pValue: chiSquareTail(statistic, ends.length - 1), binCount: ends.length };
}
