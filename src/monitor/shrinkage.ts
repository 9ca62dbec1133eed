/** A mean that was measured, with the variance of its error. */
export interface MeasuredMean {
  readonly mean: number;
  /** Above 0. */
  readonly variance: number;
  /** Means of one group are expected to be alike. */
  readonly group: number;
}

/** A mean drawn towards those of its group. */
export interface ShrunkenMean {
  readonly mean: number;
  readonly variance: number;
}

interface Group {
  weight: number;
  weightSquares: number;
  weighted: number;
  count: number;
}

function groupsOf(means: readonly MeasuredMean[]): ReadonlyMap<number, Group> {
  const groups = new Map<number, Group>();
  for (const { mean, variance, group: name } of means) {
    const weight = 1 / variance;
    const group = groups.get(name) ?? { weight: 0, weightSquares: 0, weighted: 0, count: 0 };
    group.weight += weight;
    group.weightSquares += weight ** 2;
    group.weighted += weight * mean;
    group.count++;
    groups.set(name, group);
  }
  return groups;
}

/**
 * Variance of the true means within their groups, beyond what their errors explain; 0 when the errors explain all.
 *
 * Source: DerSimonian and Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986, equation 8,
 *   with the sums taken over the groups.
 */
function varianceWithin(means: readonly MeasuredMean[], groups: ReadonlyMap<number, Group>): number {
  let spread = 0;
  for (const { mean, variance, group: name } of means) {
    const group = groups.get(name)!;
    spread += (mean - group.weighted / group.weight) ** 2 / variance;
  }
  let freedom = 0;
  let scale = 0;
  for (const { count, weight, weightSquares } of groups.values()) {
    freedom += count - 1;
    scale += weight - weightSquares / weight;
  }
  return scale > 0 ? Math.max(0, (spread - freedom) / scale) : 0;
}

/**
 * Draws each mean towards that of its group, the more, the larger its error is against how much the group's means differ.
 *
 * Source: Efron and Morris, "Data analysis using Stein's estimator and its generalizations", JASA 70, 1975, section 2.
 */
export function shrunkenMeans(means: readonly MeasuredMean[]): readonly ShrunkenMean[] {
  const groups = groupsOf(means);
  const within = varianceWithin(means, groups);
  return means.map(({ mean, variance, group: name }) => {
    const { weight, weighted } = groups.get(name)!;
    const own = within / (within + variance);
    const centre = weighted / weight;
    return { mean: centre + own * (mean - centre), variance: own * variance + (1 - own) ** 2 / weight };
  });
}
