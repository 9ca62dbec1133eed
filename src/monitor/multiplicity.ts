/**
 * p-values adjusted for how many there are: those of at most `share` are the discoveries of which at most `share` are
 * expected to be false, when the tests are independent or depend positively on each other.
 *
 * @param pValues 0..1 each.
 * @returns In the same order, 0..1, none below its own p-value.
 * Source: Benjamini and Hochberg, "Controlling the false discovery rate", JRSS B 57(1), 1995; adjusted values as in
 *   Yekutieli and Benjamini, Journal of Statistical Planning and Inference 82, 1999, definition 2.4.
 */
export function adjustedPValues(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  for (const [rankFromLargest, i] of order.entries()) {
    const rank = pValues.length - rankFromLargest;
    least = Math.min(least, (pValues[i]! * pValues.length) / rank);
    adjusted[i] = least;
  }
  return adjusted;
}
