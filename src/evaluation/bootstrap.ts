import type { ClipErrors } from './word-error-rate.ts';

/** Lower and upper end of an interval. */
export type Interval = readonly [low: number, high: number];

/** How a bootstrap resamples. */
export interface BootstrapOptions {
  /** Times the clips are drawn anew. More steadies the ends of the interval; cost is linear. */
  readonly resampleCount: number;
  /** Share of the resampled values that the interval holds, 0..1. */
  readonly confidence: number;
}

/** 95 % intervals from 10,000 resamples. */
export const BOOTSTRAP_DEFAULTS: BootstrapOptions = { resampleCount: 10_000, confidence: 0.95 };

/** Value below which `share` of the sorted values lie, interpolated linearly between neighbours. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** Percentile interval of sum(numerators) / sum(denominators) over resamples of whole clips. */
function ratioInterval(
  numerators: Float64Array,
  denominators: Float64Array,
  random: () => number,
  options: BootstrapOptions,
): Interval {
  const clipCount = numerators.length;
  const ratios = new Float64Array(options.resampleCount);
  let kept = 0;
  for (let resample = 0; resample < options.resampleCount; resample++) {
    let numerator = 0;
    let denominator = 0;
    for (let draw = 0; draw < clipCount; draw++) {
      const clip = Math.floor(random() * clipCount);
      numerator += numerators[clip]!;
      denominator += denominators[clip]!;
    }
    // Clips without words can make up a whole resample, which then has no rate.
    if (denominator > 0) ratios[kept++] = numerator / denominator;
  }
  if (kept === 0) return [Number.NaN, Number.NaN];
  const sorted = ratios.subarray(0, kept).sort();
  const tail = (1 - options.confidence) / 2;
  return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
}

/**
 * Interval of the pooled word error rate, resampling clips with replacement.
 *
 * @param random Uniform in [0, 1).
 * @returns Fractions; NaN when no clip holds a word.
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3 (percentile interval);
 *   Bisani and Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004.
 */
export function wordErrorRateInterval(
  clips: readonly ClipErrors[],
  random: () => number,
  options: BootstrapOptions = BOOTSTRAP_DEFAULTS,
): Interval {
  return ratioInterval(
    Float64Array.from(clips, (clip) => clip.editCount),
    Float64Array.from(clips, (clip) => clip.wordCount),
    random,
    options,
  );
}

/**
 * Interval of the difference (changed - baseline) of two pooled word error rates on the same clips: each resample
 * draws the same clips for both, so what makes a clip hard for both cancels out.
 *
 * @param random Uniform in [0, 1).
 * @throws RangeError when the two do not hold the same clips (count, reference words).
 * Source: Bisani and Ney, ICASSP 2004, section 4.
 */
export function pairedDifferenceInterval(
  baseline: readonly ClipErrors[],
  changed: readonly ClipErrors[],
  random: () => number,
  options: BootstrapOptions = BOOTSTRAP_DEFAULTS,
): Interval {
  if (baseline.length !== changed.length)
    throw new RangeError(`baseline has ${baseline.length} clips and changed ${changed.length}; give the same clips`);
  const differences = new Float64Array(baseline.length);
  const wordCounts = new Float64Array(baseline.length);
  for (let i = 0; i < baseline.length; i++) {
    const before = baseline[i]!;
    const after = changed[i]!;
    if (before.wordCount !== after.wordCount)
      throw new RangeError(
        `clip ${i} has ${before.wordCount} reference words in baseline and ${after.wordCount} in changed; give the same clips in the same order`,
      );
    differences[i] = after.editCount - before.editCount;
    wordCounts[i] = before.wordCount;
  }
  return ratioInterval(differences, wordCounts, random, options);
}
