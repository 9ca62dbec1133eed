import type { Seconds } from '../units.ts';

/** How the recogniser tells running speech from a decoder that lost its way. */
export interface RecogniserOptions {
  /**
   * Tokens a second of audio above which decoding stops, above 0. Lower stops a runaway sooner and cuts fast talkers.
   */
  readonly maximumTokensPerSecond: number;
  /**
   * Tokens allowed on top of the rate, 0 or more: a clip of half a second can hold a long word of many tokens.
   */
  readonly extraTokenCount: number;
  /** Longest phrase, in tokens, whose repetition is looked for, 1 or more. */
  readonly maximumLoopTokens: number;
  /** Times in a row that a phrase must come before it is a loop, 2 or more. People do say "no no no no". */
  readonly loopRepeatCount: number;
  /** Tokens that the repeated stretch must cover before it is a loop, 1 or more; spares short words said often. */
  readonly minimumLoopTokens: number;
  /** Clips shorter than this are recognised with silence behind them, 0 or more. Longer costs encoder time. */
  readonly shortestClipSeconds: Seconds;
}

/**
 * Defaults: 6.5 tokens a second is the limit of Moonshine's own decoding loop. The loop numbers were tuned on noise
 * recordings (sentences of up to 18 tokens said three times over) and stop none of 373 transcribed clips of speech.
 *
 * Moonshine was trained on segments of 4 to 30 s (arXiv 2410.15608) and errs more on shorter ones, the same words said:
 * 150 spoken orders cut to 3.8 s on average had a word error rate of 11.0 % with 0.2 s of zeros behind them, 10.4 %
 * with 1 s, 9.5 % with 2, 3 or 4 s, and 9.9 % with all the silence that was recorded.
 */
export const RECOGNISER_DEFAULTS: RecogniserOptions = {
  maximumTokensPerSecond: 6.5,
  extraTokenCount: 2,
  maximumLoopTokens: 24,
  loopRepeatCount: 3,
  minimumLoopTokens: 24,
  shortestClipSeconds: 6,
};

/** Fills in defaults. @throws RangeError naming the field that is out of range, its range and its value. */
export function resolveRecogniserOptions(options: Partial<RecogniserOptions> = {}): RecogniserOptions {
  const resolved = { ...RECOGNISER_DEFAULTS, ...options };
  const { maximumTokensPerSecond } = resolved;
  if (!(maximumTokensPerSecond > 0 && Number.isFinite(maximumTokensPerSecond))) {
    throw new RangeError(`maximumTokensPerSecond must be a number above 0, got ${maximumTokensPerSecond}.`);
  }
  const { shortestClipSeconds } = resolved;
  if (!(shortestClipSeconds >= 0 && shortestClipSeconds <= 30)) {
    throw new RangeError(`shortestClipSeconds must be from 0 to 30, got ${shortestClipSeconds}.`);
  }
  checkCount('extraTokenCount', resolved.extraTokenCount, 0);
  checkCount('maximumLoopTokens', resolved.maximumLoopTokens, 1);
  checkCount('loopRepeatCount', resolved.loopRepeatCount, 2);
  checkCount('minimumLoopTokens', resolved.minimumLoopTokens, 1);
  return resolved;
}

function checkCount(name: string, value: number, lowest: number): void {
  if (!Number.isInteger(value) || value < lowest) {
    throw new RangeError(`${name} must be a whole number of at least ${lowest}, got ${value}.`);
  }
}
