/** Largest threshold that is searched, in the units of its chart; run lengths are astronomical there. */
const HIGHEST = 1_000;
const HALVINGS = 60;

/** Mean excess of a normal random walk over a boundary, both boundaries together (Siegmund 1985). */
const NORMAL_EXCESS = 1.166;

/**
 * Average number of values until a one-sided CUSUM of normal values alarms.
 *
 * @param allowance Taken from each value, in standard deviations: half of the shift that it is tuned to.
 * @param threshold Height that alarms, in standard deviations.
 * @param shift Mean of the values, in standard deviations from the reference.
 * Source: Siegmund, "Sequential Analysis", 1985, section 2.6: the Brownian run length with h + 1.166 in place of h.
 */
export function levelRunLength(allowance: number, threshold: number, shift = 0): number {
  const drift = shift - allowance;
  const height = threshold + NORMAL_EXCESS;
  if (drift === 0) return height ** 2;
  const x = 2 * drift * height;
  return (Math.exp(-x) + x - 1) / (2 * drift ** 2);
}

/** How far a Bernoulli walk exceeds its boundaries, in standard deviations (Reynolds and Stoumbos 1999, equation 10). */
function bernoulliExcess(rate: number): number {
  const p = Math.min(rate, 1 - rate);
  if (p < 0.01) return (Math.sqrt((1 - p) / p) - Math.sqrt(p / (1 - p))) / 3;
  const log = Math.log(p);
  return 0.41 - 0.0842 * log - 0.0391 * log ** 3 - 0.00376 * log ** 4 - 0.000008 * log ** 7;
}

/**
 * Average number of trials until a Bernoulli CUSUM alarms.
 *
 * @param rate What the chart takes for normal, 0..1, both excluded.
 * @param oddsRatio What it is tuned to, above 1 for a rise, below 1 for a fall.
 * @param threshold Height that alarms, in units of the log-likelihood ratio.
 * @param isShifted Whether the change it is tuned to is there from the start; else it is the time between false alarms.
 * Source: Reynolds and Stoumbos, "A CUSUM chart for monitoring a proportion when inspecting continuously", Journal of
 *   Quality Technology 31(1), 1999, equations 8 to 10: the corrected diffusion approximation.
 */
export function rateRunLength(rate: number, oddsRatio: number, threshold: number, isShifted = false): number {
  const step = Math.log(oddsRatio);
  const shifted = (rate * oddsRatio) / (1 + rate * (oddsRatio - 1));
  const drift = (isShifted ? shifted : rate) * step - Math.log1p(rate * (oddsRatio - 1));
  const height = threshold + bernoulliExcess(rate) * Math.sqrt(rate * (1 - rate)) * Math.abs(step);
  // Steps are log-likelihood ratios: the exponent of the walk is exactly 1.
  return isShifted ? (Math.exp(-height) + height - 1) / drift : (Math.exp(height) - height - 1) / -drift;
}

/** The least threshold with which a run length is at least `runLengthCount`. */
function thresholdFor(runLengthCount: number, lengthOf: (threshold: number) => number): number {
  let low = 0;
  let high = HIGHEST;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (lengthOf(middle) < runLengthCount) low = middle;
    else high = middle;
  }
  return high;
}

/** Threshold of a one-sided CUSUM of normal values for a run length without change. */
export function levelThreshold(allowance: number, runLengthCount: number): number {
  return thresholdFor(runLengthCount, (threshold) => levelRunLength(allowance, threshold));
}

/** Threshold of a Bernoulli CUSUM for a run length without change. */
export function rateThreshold(rate: number, oddsRatio: number, runLengthCount: number): number {
  return thresholdFor(runLengthCount, (threshold) => rateRunLength(rate, oddsRatio, threshold));
}
