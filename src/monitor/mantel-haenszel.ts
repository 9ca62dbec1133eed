import { chiSquareTail } from './distributions.ts';

/** Outcomes in one stratum, before and now. */
export interface Stratum {
  /** Bad outcomes of the reference, 0..`referenceCount`. */
  readonly referenceBad: number;
  readonly referenceCount: number;
  readonly currentBad: number;
  readonly currentCount: number;
}

/** Association between time and outcome with the stratum held fixed. */
export interface CommonOdds {
  /** Odds of a bad outcome now over those before, for the same input; NaN when no stratum holds both. */
  readonly oddsRatio: number;
  /** Chance of as large a difference in either direction when the odds are the same in every stratum. */
  readonly pValue: number;
}

/**
 * Common odds ratio over strata and its test, with continuity correction.
 *
 * Source: Mantel and Haenszel, "Statistical aspects of the analysis of data from retrospective studies of disease",
 *   Journal of the National Cancer Institute 22(4), 1959.
 */
export function commonOdds(strata: readonly Stratum[]): CommonOdds {
  let [excess, variance, worse, better] = [0, 0, 0, 0];
  for (const { referenceBad, referenceCount, currentBad, currentCount } of strata) {
    const n = referenceCount + currentCount;
    if (referenceCount === 0 || currentCount === 0 || n < 2) continue;
    const bad = referenceBad + currentBad;
    excess += currentBad - (currentCount * bad) / n;
    variance += (currentCount * referenceCount * bad * (n - bad)) / (n ** 2 * (n - 1));
    worse += (currentBad * (referenceCount - referenceBad)) / n;
    better += ((currentCount - currentBad) * referenceBad) / n;
  }
  const distance = Math.max(0, Math.abs(excess) - 0.5);
  return { oddsRatio: worse / better, pValue: variance > 0 ? chiSquareTail(distance ** 2 / variance, 1) : 1 };
}
