import { totalOf } from './bins.ts';
import { commonOdds, type Stratum } from './mantel-haenszel.ts';
import { populationStability } from './population-stability.ts';
import { wassersteinDeviations } from './wasserstein.ts';

/** What changed: what goes in, what comes out for the same input, both, or nothing that can be told. */
export type DriftCause = 'data' | 'concept' | 'both' | 'none';

/** Why an outcome became worse or better. */
export interface CauseVerdict {
  readonly cause: DriftCause;
  /** Odds of a bad outcome now over those before, for the same input. */
  readonly oddsRatio: number;
  /** Test of the odds. */
  readonly conceptPValue: number;
  /** Test of the inputs' distribution. */
  readonly dataPValue: number;
  /** How far the inputs moved along the coordinate that moved most, in standard deviations. */
  readonly dataDeviations: number;
  /** Change of the bad outcomes' rate that the changed inputs explain, at the reference's odds. */
  readonly explainedChange: number;
  /** The rest: change of the rate for the same input. */
  readonly unexplainedChange: number;
}

/** Two tests, each wrong one time in a hundred. */
const SIGNIFICANCE = 0.01;
/** Least effects: the same as an alarm asks for (20 % relative, 0.1 standard deviations). */
const LEAST_ODDS_RATIO = 1.2;
const LEAST_DEVIATIONS = 0.1;

/** Splits the change of a rate: inputs at the old rates, and new rates at the new inputs (Kitagawa, JASA 50, 1955). */
function splitChange(strata: readonly Stratum[]): { readonly explained: number; readonly unexplained: number } {
  const before = totalOf(strata.map(({ referenceCount }) => referenceCount));
  const now = totalOf(strata.map(({ currentCount }) => currentCount));
  const overall = totalOf(strata.map(({ referenceBad }) => referenceBad)) / before;
  let [explained, unexplained] = [0, 0];
  for (const { referenceBad, referenceCount, currentBad, currentCount } of strata) {
    // What the reference never met has its overall rate.
    const rate = referenceCount > 0 ? referenceBad / referenceCount : overall;
    explained += (currentCount / now - referenceCount / before) * rate;
    unexplained += (currentBad - currentCount * rate) / now;
  }
  return { explained, unexplained };
}

function margin(counts: readonly number[], columnCount: number, axis: 'row' | 'column'): readonly number[] {
  const length = axis === 'row' ? counts.length / columnCount : columnCount;
  const sums = new Array<number>(length).fill(0);
  for (const [i, count] of counts.entries()) {
    const at = axis === 'row' ? Math.floor(i / columnCount) : i % columnCount;
    sums[at] = sums[at]! + count;
  }
  return sums;
}

/**
 * Tells whether other inputs or other answers to the same inputs are behind a change of an outcome.
 *
 * @param strata Outcomes by input bin, row by row (signal-to-noise ratio by length); the bins ascend along both axes.
 * @param columnCount Bins of the second coordinate.
 * @param designEffect How much more counts vary than independent ones would, 1 or more.
 */
export function driftCause(strata: readonly Stratum[], columnCount: number, designEffect = 1): CauseVerdict {
  const before = strata.map(({ referenceCount }) => referenceCount);
  const now = strata.map(({ currentCount }) => currentCount);
  // A design effect divides the statistic; dividing the counts does the same.
  const scaled = strata.map((stratum): Stratum => {
    const { referenceBad, referenceCount, currentBad, currentCount } = stratum;
    return {
      referenceBad: referenceBad / designEffect,
      referenceCount: referenceCount / designEffect,
      currentBad: currentBad / designEffect,
      currentCount: currentCount / designEffect,
    };
  });
  const { oddsRatio, pValue: conceptPValue } = commonOdds(scaled);
  const { pValue: dataPValue } = populationStability(before, now, designEffect);
  const distances = (['row', 'column'] as const).map((axis) => {
    const [first, second] = [margin(before, columnCount, axis), margin(now, columnCount, axis)];
    return wassersteinDeviations(first, second, [...first.keys()]);
  });
  const dataDeviations = Math.max(...distances);
  const { explained, unexplained } = splitChange(strata);
  const isConcept = conceptPValue <= SIGNIFICANCE && Math.abs(Math.log(oddsRatio)) >= Math.log(LEAST_ODDS_RATIO);
  const isData = dataPValue <= SIGNIFICANCE && dataDeviations >= LEAST_DEVIATIONS;
  const cause = isConcept ? (isData ? 'both' : 'concept') : isData ? 'data' : 'none';
  return {
    ...{ cause, oddsRatio, conceptPValue, dataPValue, dataDeviations },
    explainedChange: explained,
    unexplainedChange: unexplained,
  };
}
