import type { Seconds } from '../units.ts';
import type { RecogniserOptions } from './recogniser-options.ts';

/** What a guard says after a token. */
export type RunawayVerdict =
  | { readonly status: 'going-on' }
  /** Stop; only the first `keptTokenCount` tokens are speech. */
  | { readonly status: 'runaway'; readonly keptTokenCount: number };

const GOING_ON: RunawayVerdict = { status: 'going-on' };

/** Most tokens that a clip may have: the rate of fast speech, and some for very short clips. */
export function maximumTokenCount(audioSeconds: Seconds, options: RecogniserOptions): number {
  return Math.ceil(audioSeconds * options.maximumTokensPerSecond) + options.extraTokenCount;
}

/**
 * Watches a decoder's tokens for the two ways in which it runs away: more tokens than anybody can say in the time, and
 * a phrase that repeats without end.
 *
 * Pure: the verdict follows from the tokens so far.
 *
 * @param tokenIds All tokens so far, without start and end marks.
 */
export function judgeTokens(
  tokenIds: readonly number[],
  audioSeconds: Seconds,
  options: RecogniserOptions,
): RunawayVerdict {
  const keptTokenCount = loopStart(tokenIds, options);
  if (keptTokenCount !== undefined) return { status: 'runaway', keptTokenCount };
  const maximum = maximumTokenCount(audioSeconds, options);
  return tokenIds.length > maximum ? { status: 'runaway', keptTokenCount: maximum } : GOING_ON;
}

/** Where the loop at the end begins to repeat: one pass of its phrase is kept. Undefined when there is no loop. */
function loopStart(tokenIds: readonly number[], options: RecogniserOptions): number | undefined {
  const length = tokenIds.length;
  for (let period = 1; period <= options.maximumLoopTokens; period++) {
    const needed = Math.max(period * options.loopRepeatCount, options.minimumLoopTokens);
    if (needed > length) continue;
    let first = length - period;
    while (first > 0 && tokenIds[first - 1] === tokenIds[first - 1 + period]) first -= 1;
    if (length - first >= needed) return first + period;
  }
  return undefined;
}
