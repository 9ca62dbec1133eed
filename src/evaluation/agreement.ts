import { editDistance } from './alignment.ts';

/** Agreement beyond chance, and what it is made of. */
export interface Kappa {
  /** 1 for full agreement, 0 for what chance gives, below 0 for less; NaN when there was only one label in use. */
  readonly kappa: number;
  /** Share of agreement that was seen, 0..1. */
  readonly observed: number;
  /** Share of agreement that chance gives, 0..1. */
  readonly expected: number;
  readonly itemCount: number;
}

/** Where only one label is in use, chance agrees always, and nothing can be said beyond it. */
function beyondChance(observed: number, expected: number, itemCount: number): Kappa {
  const kappa = expected < 1 ? (observed - expected) / (1 - expected) : Number.NaN;
  return { kappa, observed, expected, itemCount };
}

function tally(labels: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/**
 * Cohen's kappa: agreement of two labellers on nominal labels, beyond what their own habits give by chance.
 *
 * @param pairs Both labels of each item that both labelled.
 * @returns All NaN without an item.
 * Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20(1), 1960.
 */
export function cohensKappa(pairs: readonly (readonly [first: string, second: string])[]): Kappa {
  const count = pairs.length;
  const agreed = pairs.filter(([first, second]) => first === second).length;
  const firsts = tally(pairs.map(([first]) => first));
  const seconds = tally(pairs.map(([, second]) => second));
  let chance = 0;
  for (const [label, first] of firsts) chance += first * (seconds.get(label) ?? 0);
  return beyondChance(agreed / count, chance / count ** 2, count);
}

/**
 * Fleiss' kappa: agreement of several labellers on nominal labels, all labellers taken for alike.
 *
 * @param items The labels of each item, by whomever; the same number, 2 or more, of every item.
 * @returns All NaN without an item.
 * @throws RangeError when the items have different numbers of labels, or fewer than 2.
 * Source: Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76(5), 1971.
 */
export function fleissKappa(items: readonly (readonly string[])[]): Kappa {
  const raterCount = items[0]?.length ?? 2;
  if (raterCount < 2 || items.some((labels) => labels.length !== raterCount)) {
    throw new RangeError("Fleiss' kappa needs the same number of labels, 2 or more, of every item.");
  }
  const shareOfPairs = (labels: readonly string[]): number => {
    let agreed = 0;
    for (const count of tally(labels).values()) agreed += count * (count - 1);
    return agreed / (raterCount * (raterCount - 1));
  };
  const observed = items.reduce((sum, labels) => sum + shareOfPairs(labels), 0) / items.length;
  const total = items.length * raterCount;
  let expected = 0;
  for (const count of tally(items.flat()).values()) expected += (count / total) ** 2;
  return beyondChance(observed, total === 0 ? Number.NaN : expected, items.length);
}

/**
 * Mean of Cohen's kappa over all pairs of labellers; pairs without a kappa are left out.
 *
 * @returns NaN when no pair has one.
 * Source: Light, "Measures of response agreement for qualitative data", Psychological Bulletin 76(5), 1971.
 */
export function meanPairwiseKappa(kappas: readonly Kappa[]): number {
  const known = kappas.map(({ kappa }) => kappa).filter((kappa) => !Number.isNaN(kappa));
  return known.length === 0 ? Number.NaN : known.reduce((sum, kappa) => sum + kappa, 0) / known.length;
}

/** What one clip adds to a word error rate between two labellers. */
export interface SymmetricErrors {
  /** Least number of substitutions, deletions and insertions; the same in both directions. */
  readonly editCount: number;
  /** Mean of both texts' word counts. */
  readonly wordCount: number;
}

/**
 * Errors between two texts of which neither is the reference.
 *
 * The edits are the same whichever text is the reference; only the number of words is not. Their mean stands for it, so
 * that the pooled rate, 2 E / (N1 + N2), is the harmonic mean of the two word error rates.
 */
export function symmetricErrors(first: readonly string[], second: readonly string[]): SymmetricErrors {
  return { editCount: editDistance(first, second), wordCount: (first.length + second.length) / 2 };
}
