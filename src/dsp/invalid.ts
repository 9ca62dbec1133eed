/**
 * Replaces NaN and infinities by 0, in place, so that no filter behind keeps them in its memory.
 *
 * @realtime
 * @param samples Any count.
 * @param start First sample looked at.
 * @param end One past the last.
 * @returns How many samples were replaced.
 */
export function replaceInvalid(samples: Float32Array, start = 0, end: number = samples.length): number {
  let count = 0;
  for (let i = start; i < end; i++) {
    const x = samples[i]!;
    // x - x is 0 for every finite number and NaN for all others.
    if (x - x !== 0) {
      samples[i] = 0;
      count++;
    }
  }
  return count;
}
