/** One hour's mean against its reference. */
export interface HourResidual {
  /** Whole hours since the epoch; ascending, gaps allowed. */
  readonly hour: number;
  /** Mean of the values less what the hour of the week expects, in any unit. */
  readonly mean: number;
  /** Values it is the mean of, 1 or more. */
  readonly count: number;
}

/** How a metric went from what it was to what it is. */
export interface ChangeShape {
  /** `sudden`: within hours. `gradual`: over half a day or more. `undetermined`: the evidence is not strong. */
  readonly shape: 'sudden' | 'gradual' | 'undetermined';
  /** Hour in which the change began. */
  readonly onsetHour: number;
  /** Hours between which it began, with a probability of 95 %. */
  readonly onsetRange: readonly [from: number, to: number];
  /** Hours from the onset to the last one in which it changes; 0 for a step. */
  readonly durationHours: number;
  /** How far the mean went in all. */
  readonly change: number;
  /** Change a day while it lasts; NaN for a step. */
  readonly slopePerDay: number;
  /** Evidence for gradual against sudden: twice the logarithm of the Bayes factor; negative for sudden. */
  readonly evidence: number;
}

/** A ramp lasts this long at least; what is shorter is one event. */
const LEAST_RAMP_HOURS = 12;
const HOURS_A_DAY = 24;
/** "Strong", odds of 20 to 1 (Kass and Raftery, JASA 90, 1995, section 3.2). */
const STRONG_EVIDENCE = 6;
/** Probability left out on either side of a range. */
const RANGE_TAIL = 0.025;
/** Hours on either side of a change at least. */
const MARGIN_HOURS = 3;
const LEAST_HOURS = 24;

interface Fit {
  readonly onset: number;
  readonly duration: number;
  readonly change: number;
  readonly residual: number;
}

/** Sums over the hours before an index, for least squares in constant time. */
class Sums {
  readonly #sums: readonly Float64Array[];

  constructor(hours: readonly HourResidual[], origin: number) {
    const terms = hours.map(({ hour, mean, count }) => {
      const t = hour - origin;
      return [count, count * t, count * t * t, count * mean, count * mean * t, count * mean * mean];
    });
    this.#sums = Array.from({ length: 6 }, (_, kind) => {
      const sums = new Float64Array(hours.length + 1);
      for (const [i, term] of terms.entries()) sums[i + 1] = sums[i]! + term[kind]!;
      return sums;
    });
  }

  between(kind: number, from: number, to: number): number {
    const sums = this.#sums[kind]!;
    return sums[to]! - sums[from]!;
  }
}

/** Weighted least squares of a level and a change that is 0 before the ramp, 1 after it and linear in it. */
function fitRamp(sums: Sums, length: number, start: number, end: number, onset: number, duration: number): Fit {
  const w = sums.between(0, 0, length);
  const y = sums.between(3, 0, length);
  const yy = sums.between(5, 0, length);
  let x = sums.between(0, end, length);
  let xx = x;
  let xy = sums.between(3, end, length);
  if (duration > 0) {
    const [w1, t1, tt1] = [sums.between(0, start, end), sums.between(1, start, end), sums.between(2, start, end)];
    const [y1, yt1] = [sums.between(3, start, end), sums.between(4, start, end)];
    x += (t1 - onset * w1) / duration;
    xx += (tt1 - 2 * onset * t1 + onset * onset * w1) / duration ** 2;
    xy += (yt1 - onset * y1) / duration;
  }
  const spread = xx - (x * x) / w;
  const shared = xy - (x * y) / w;
  const residual = yy - (y * y) / w - (spread > 0 ? (shared * shared) / spread : 0);
  return { onset, duration, change: spread > 0 ? shared / spread : 0, residual: Math.max(residual, 1e-12) };
}

/** Fits of one kind with their probabilities. */
interface Posterior {
  readonly best: Fit;
  /** Logarithm of the mean likelihood over all fits of the kind. */
  readonly logEvidence: number;
  readonly onsetRange: readonly [number, number];
}

/** @param length Hours that were fitted. @param priorOf Of a fit, not normalised. */
function posteriorOf(fits: readonly Fit[], length: number, priorOf: (fit: Fit) => number): Posterior {
  const best = fits.reduce((least, fit) => (fit.residual < least.residual ? fit : least));
  let [prior, likelihood] = [0, 0];
  const byOnset = new Map<number, number>();
  for (const fit of fits) {
    const weight = priorOf(fit);
    const likely = weight * (best.residual / fit.residual) ** (length / 2);
    prior += weight;
    likelihood += likely;
    byOnset.set(fit.onset, (byOnset.get(fit.onset) ?? 0) + likely);
  }
  const logEvidence = Math.log(likelihood / prior) - (length / 2) * Math.log(best.residual);
  return { best, logEvidence, onsetRange: centralRange(byOnset, likelihood) };
}

/** @param byOnset Weights in ascending order of the onset. */
function centralRange(byOnset: ReadonlyMap<number, number>, total: number): readonly [number, number] {
  let below = 0;
  let from: number | undefined;
  for (const [onset, weight] of byOnset) {
    below += weight / total;
    if (from === undefined && below > RANGE_TAIL) from = onset;
    if (from !== undefined && below >= 1 - RANGE_TAIL) return [from, onset];
  }
  const last = [...byOnset.keys()].at(-1)!;
  return [from ?? last, last];
}

/**
 * Tells a step from a ramp in hours around a change, and when it began.
 *
 * Both are fitted by weighted least squares for every onset and every end of the ramp, and the likelihoods are averaged:
 * over the onsets evenly, over the durations evenly on a logarithmic scale. What is left, two means and a variance, is
 * the same in both, so that the averages' ratio is Schwarz' approximation of the Bayes factor without a difference in
 * the number of parameters.
 *
 * @param hours About 14 days, with the change inside; values weigh alike.
 * @returns Undefined when there are too few hours to tell: fewer than 24.
 * Source: Schwarz, "Estimating the dimension of a model", Annals of Statistics 6(2), 1978; Kass and Raftery, "Bayes
 *   factors", JASA 90, 1995; Smith, "A Bayesian approach to inference about a change-point", Biometrika 62(2), 1975.
 */
export function changeShape(hours: readonly HourResidual[]): ChangeShape | undefined {
  const length = hours.length;
  if (length < LEAST_HOURS) return undefined;
  const origin = hours[0]!.hour;
  const sums = new Sums(hours, origin);
  const at = hours.map(({ hour }) => hour - origin);
  const steps: Fit[] = [];
  const ramps: Fit[] = [];
  for (let start = MARGIN_HOURS; start <= length - MARGIN_HOURS; start++) {
    const onset = at[start]!;
    steps.push(fitRamp(sums, length, start, start, onset, 0));
    for (let end = start + 1; end < length; end++) {
      const duration = at[end]! - onset;
      if (duration >= LEAST_RAMP_HOURS) ramps.push(fitRamp(sums, length, start, end, onset, duration));
    }
  }
  const step = posteriorOf(steps, length, () => 1);
  const ramp = posteriorOf(ramps, length, ({ duration }) => 1 / duration);
  const evidence = 2 * (ramp.logEvidence - step.logEvidence);
  const isGradual = evidence > 0;
  const { best, onsetRange } = isGradual ? ramp : step;
  const decided = isGradual ? 'gradual' : 'sudden';
  return {
    shape: Math.abs(evidence) >= STRONG_EVIDENCE ? decided : 'undetermined',
    onsetHour: origin + best.onset,
    onsetRange: [origin + onsetRange[0], origin + onsetRange[1]],
    durationHours: best.duration,
    change: best.change,
    slopePerDay: isGradual ? (best.change * HOURS_A_DAY) / best.duration : Number.NaN,
    evidence,
  };
}
