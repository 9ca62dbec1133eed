import { momentsOf, totalOf } from './bins.ts';
import type { DriftProfile } from './drift-profile.ts';
import { adjustedPValues } from './multiplicity.ts';
import { populationStability, type Stability } from './population-stability.ts';
import { wassersteinDeviations } from './wasserstein.ts';

/** A metric in two samples. */
export interface ComparedMetric {
  readonly name: string;
  /** Counts by bin; a rate has two bins, what did not happen and what did. */
  readonly reference: readonly number[];
  readonly current: readonly number[];
  /** Where the bins lie, ascending; undefined for a rate. */
  readonly positions: readonly number[] | undefined;
  /** How much more counts vary than independent ones would, 1 or more. */
  readonly designEffect: number;
}

/** What a comparison says of one metric. */
export interface MetricDrift extends Stability {
  readonly name: string;
  readonly referenceCount: number;
  readonly currentCount: number;
  /** The p-value among those of all metrics: at most the profile's false share of those below it are false. */
  readonly adjustedPValue: number;
  /** How far the values moved: in standard deviations of the reference, or relative for a rate. 0 or more. */
  readonly effect: number;
  /** Where the mean went, in the same unit as the effect; the distribution may change while it stays. */
  readonly shift: number;
  /** `too-few` when one sample is smaller than the profile's least count. */
  readonly verdict: 'drift' | 'no-drift' | 'too-few';
}

function rateEffect({ reference, current }: ComparedMetric): number {
  const before = reference[1]! / totalOf(reference);
  const after = current[1]! / totalOf(current);
  const rare = Math.min(before, 1 - before);
  return rare > 0 ? (after - before) / rare : after === before ? 0 : Number.POSITIVE_INFINITY;
}

function effectOf(metric: ComparedMetric): { readonly effect: number; readonly shift: number } {
  const { reference, current, positions } = metric;
  if (positions === undefined) {
    const shift = rateEffect(metric);
    return { effect: Math.abs(shift), shift };
  }
  const before = momentsOf(reference, positions);
  const moved = momentsOf(current, positions).mean - before.mean;
  return {
    effect: wassersteinDeviations(reference, current, positions),
    shift: moved === 0 ? 0 : moved / before.deviation,
  };
}

/**
 * Compares two samples metric by metric. A metric has drifted when the difference is no chance among as many tests, and
 * is large enough to matter: with many values the smallest difference is significant, with few a large one may be chance.
 *
 * @param metrics Those with too few values are told so and count for no test.
 */
export function compareMetrics(metrics: readonly ComparedMetric[], profile: DriftProfile): readonly MetricDrift[] {
  const tested = metrics.map((metric) => {
    const counts = { referenceCount: totalOf(metric.reference), currentCount: totalOf(metric.current) };
    const isTested = Math.min(counts.referenceCount, counts.currentCount) >= profile.leastCount;
    const stability = populationStability(metric.reference, metric.current, metric.designEffect);
    return { metric, counts, isTested, stability };
  });
  const adjusted = adjustedPValues(tested.filter(({ isTested }) => isTested).map(({ stability }) => stability.pValue));
  let next = 0;
  return tested.map(({ metric, counts, isTested, stability }) => {
    const { effect, shift } = effectOf(metric);
    const adjustedPValue = isTested ? adjusted[next++]! : 1;
    const least = metric.positions === undefined ? profile.leastRelative : profile.leastDeviations;
    const isDrift = adjustedPValue <= profile.falseShare && effect >= least;
    const verdict = isTested ? (isDrift ? 'drift' : 'no-drift') : 'too-few';
    return { name: metric.name, ...counts, ...stability, adjustedPValue, effect, shift, verdict };
  });
}
