/** Terms beyond this change no digit of a double. */
const SERIES_TERMS = 200;
const FRACTION_TERMS = 80;
/** Below this the series converges quickly, above it the continued fraction does. */
const SERIES_LIMIT = 3;

/** Density of the standard normal distribution. */
function normalDensity(z: number): number {
  return Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Chance that a standard normal number is larger than `z`.
 *
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 26.2.11 (series) and 26.2.14 (fraction).
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z > SERIES_LIMIT) {
    let rest = z;
    for (let k = FRACTION_TERMS; k >= 1; k--) rest = z + k / rest;
    return normalDensity(z) / rest;
  }
  let term = z;
  let sum = z;
  for (let k = 1; k < SERIES_TERMS; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 - normalDensity(z) * sum;
}

/**
 * The number below which a standard normal number lies with a chance of `share`, by halving intervals.
 *
 * @param share Above 0 and below 1.
 */
export function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  let low = -40;
  let high = 0;
  for (let i = 0; i < 64; i++) {
    const middle = (low + high) / 2;
    if (normalTail(-middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Chance that a chi-square number is `statistic` or more.
 *
 * @param freedom Degrees of freedom, a whole number; with 0 nothing can differ, and the chance is 1.
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 26.4.4 (odd) and 26.4.5 (even).
 */
export function chiSquareTail(statistic: number, freedom: number): number {
  if (freedom < 1 || !(statistic > 0)) return 1;
  const root = Math.sqrt(statistic);
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? 2 * normalDensity(root) * root : Math.exp(-statistic / 2);
  let tail = isOdd ? 2 * normalTail(root) : term;
  for (let k = isOdd ? 3 : 2; k < freedom + (isOdd ? 1 : 0); k += 2) {
    if (isOdd) {
      tail += term;
      term *= statistic / k;
    } else {
      term *= statistic / k;
      tail += term;
    }
  }
  return Math.min(1, tail);
}
