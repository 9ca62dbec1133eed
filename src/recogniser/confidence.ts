/**
 * Natural logarithm of the softmax probability of one entry.
 *
 * @param logits Finite numbers, one for each token; read only.
 * @returns 0 or less; no overflow for large logits.
 */
export function logSoftmaxAt(logits: Float32Array, index: number): number {
  const highest = logits[indexOfHighest(logits)]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - highest);
  return logits[index]! - highest - Math.log(sum);
}

/** Index of the highest number, the first one where several are equal; 0 when none is a number. */
export function indexOfHighest(values: Float32Array): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > highest) {
      highest = value;
      best = i;
    }
  }
  return best;
}

/** Mean of token log-probabilities; -Infinity for none, so that its exponential, the confidence, is 0. */
export function meanLogProbability(logProbabilities: readonly number[]): number {
  if (logProbabilities.length === 0) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const logProbability of logProbabilities) sum += logProbability;
  return sum / logProbabilities.length;
}
