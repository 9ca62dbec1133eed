import { SpeechError } from '../errors.ts';
import type { Seconds } from '../units.ts';
import { indexOfHighest, logSoftmaxAt } from './confidence.ts';
import type { RecogniserOptions } from './recogniser-options.ts';
import { judgeTokens } from './runaway-guard.ts';
import type { TokenNetwork, TokenStream } from './token-network.ts';

/** The part of an AbortSignal that is looked at between two steps; every AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** What the decoder wrote for one clip: start and end marks are left out. */
export interface DecodedTokens {
  readonly tokenIds: readonly number[];
  /** Natural logarithm of each token's probability, 0 or less. */
  readonly logProbabilities: readonly number[];
  /** True when decoding was stopped, and its tail cut, because the decoder ran away. */
  readonly isRunaway: boolean;
}

/**
 * Takes the likeliest token at every step until the network ends the text or the runaway guard does.
 *
 * @param stream A fresh stream of `network`; not closed here.
 * @throws The signal's reason, when aborted before a step; SpeechError `recogniser` for logits that are no numbers.
 */
export async function decodeGreedily(
  network: Pick<TokenNetwork, 'startTokenId' | 'endTokenId'>,
  stream: TokenStream,
  audioSeconds: Seconds,
  options: RecogniserOptions,
  signal?: CancelSignal,
): Promise<DecodedTokens> {
  const tokenIds: number[] = [];
  const logProbabilities: number[] = [];
  let tokenId = network.startTokenId;
  for (;;) {
    throwIfCancelled(signal);
    const logits = await stream.next(tokenId);
    tokenId = indexOfHighest(logits);
    if (tokenId === network.endTokenId) {
      throwIfCancelled(signal);
      return { tokenIds, logProbabilities, isRunaway: false };
    }
    const logProbability = logSoftmaxAt(logits, tokenId);
    if (!Number.isFinite(logProbability)) {
      throw new SpeechError('recogniser', `The decoder's output at token ${tokenIds.length} is not a number.`);
    }
    tokenIds.push(tokenId);
    logProbabilities.push(logProbability);
    const verdict = judgeTokens(tokenIds, audioSeconds, options);
    if (verdict.status === 'runaway') {
      tokenIds.length = verdict.keptTokenCount;
      logProbabilities.length = verdict.keptTokenCount;
      return { tokenIds, logProbabilities, isRunaway: true };
    }
  }
}

/** @throws The signal's reason, when it is aborted. */
export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}
