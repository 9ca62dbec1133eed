import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGreedily } from '../../src/recogniser/greedy-decoder.ts';
import { RECOGNISER_DEFAULTS, resolveRecogniserOptions } from '../../src/recogniser/recogniser-options.ts';
import { judgeTokens } from '../../src/recogniser/runaway-guard.ts';
import type { TokenStream } from '../../src/recogniser/token-network.ts';

const START = 1;
const END = 2;
const MARKS = { startTokenId: START, endTokenId: END };
const VOCABULARY = 200;

/** A stream that wants to say these tokens one after the other, each with certainty; then the end, for ever. */
function saying(tokenIds: readonly number[]): TokenStream & { readonly heard: number[] } {
  const heard: number[] = [];
  return {
    heard,
    next: async (tokenId) => {
      heard.push(tokenId);
      const logits = new Float32Array(VOCABULARY).fill(-100);
      logits[tokenIds[heard.length - 1] ?? END] = 0;
      return logits;
    },
    close: () => {},
  };
}

const repeated = (phrase: readonly number[], count: number): number[] =>
  Array.from({ length: count }, () => phrase).flat();

/** Tokens of which no two are equal: no phrase in them repeats. */
const distinct = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 3);

describe('decoding', () => {
  it('feeds the start token, then each token chosen, until the end token', async () => {
    const stream = saying([10, 11, 12]);
    const decoded = await decodeGreedily(MARKS, stream, 5, RECOGNISER_DEFAULTS);
    expect(decoded.tokenIds).toEqual([10, 11, 12]);
    expect(decoded.isRunaway).toBe(false);
    expect(stream.heard).toEqual([START, 10, 11, 12]);
  });

  it('gives the logarithm of each token probability', async () => {
    const stream: TokenStream = {
      next: async (tokenId) =>
        tokenId === START ? Float32Array.of(0, 0, 0, Math.log(5)) : Float32Array.of(0, 0, 9, 0),
      close: () => {},
    };
    const { logProbabilities } = await decodeGreedily(MARKS, stream, 5, RECOGNISER_DEFAULTS);
    expect(logProbabilities).toHaveLength(1);
    expect(Math.exp(logProbabilities[0]!)).toBeCloseTo(5 / 8, 6);
  });

  it('refuses an output that is no number', async () => {
    const stream: TokenStream = { next: async () => new Float32Array(4).fill(Number.NaN), close: () => {} };
    await expect(decodeGreedily(MARKS, stream, 5, RECOGNISER_DEFAULTS)).rejects.toThrow(/at token 0 is not a number/);
  });

  it('stops at the step after an abort, with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('spoke again');
    const endless = saying(distinct(150));
    const stream: TokenStream = {
      next: (tokenId) => {
        if (endless.heard.length === 4) controller.abort(reason);
        return endless.next(tokenId);
      },
      close: () => {},
    };
    await expect(decodeGreedily(MARKS, stream, 60, RECOGNISER_DEFAULTS, controller.signal)).rejects.toBe(reason);
    expect(endless.heard).toHaveLength(5);
  });
});

describe('a decoder that does not end', () => {
  it('is stopped at 6.5 tokens a second and two, and flagged', async () => {
    const decoded = await decodeGreedily(MARKS, saying(distinct(190)), 4, RECOGNISER_DEFAULTS);
    expect(decoded.tokenIds).toEqual(distinct(28));
    expect(decoded.isRunaway).toBe(true);
  });

  it('is not suspected when it ends right at that count', async () => {
    const decoded = await decodeGreedily(MARKS, saying(distinct(28)), 4, RECOGNISER_DEFAULTS);
    expect(decoded).toMatchObject({ tokenIds: distinct(28), isRunaway: false });
  });

  it('never writes more than the rate allows, whatever it says', async () => {
    const said = fc.array(fc.integer({ min: 3, max: 20 }), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(said, fc.double({ min: 0.06, max: 12, noNaN: true }), async (tokenIds, audioSeconds) => {
        const decoded = await decodeGreedily(MARKS, saying(tokenIds), audioSeconds, RECOGNISER_DEFAULTS);
        expect(decoded.tokenIds.length).toBeLessThanOrEqual(Math.ceil(audioSeconds * 6.5) + 2);
        expect(decoded.tokenIds).toEqual(tokenIds.slice(0, decoded.tokenIds.length));
        expect(decoded.logProbabilities).toHaveLength(decoded.tokenIds.length);
        if (!decoded.isRunaway) expect(decoded.tokenIds).toEqual(tokenIds);
      }),
    );
  });
});

describe('a decoder in a loop', () => {
  it('is cut to the first pass of a phrase of any length that it looks for', async () => {
    for (let length = 1; length <= 24; length++) {
      const phrase = distinct(length).map((id) => id + 20);
      const tokenIds = [7, 8, ...repeated(phrase, 100)];
      const decoded = await decodeGreedily(MARKS, saying(tokenIds), 60, RECOGNISER_DEFAULTS);
      expect(decoded, `phrase of ${length}`).toMatchObject({ tokenIds: [7, 8, ...phrase], isRunaway: true });
    }
  });

  it('is told from people who repeat themselves', () => {
    const spoken = [
      repeated([10], 12), // "no no no …"
      repeated([10, 11, 12, 13, 14], 3), // "tear down the fence, tear down the fence, …"
      [...repeated([10, 11, 12, 13, 14, 15, 16, 17, 18, 19], 2), 10, 11], // a sentence said twice, begun again
    ];
    for (const tokenIds of spoken) {
      for (let count = 1; count <= tokenIds.length; count++) {
        expect(judgeTokens(tokenIds.slice(0, count), 60, RECOGNISER_DEFAULTS).status).toBe('going-on');
      }
    }
  });

  it('keeps a whole number of tokens before the loop and one pass of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 24 }), (headCount, period) => {
        const head = distinct(headCount).map((id) => id + 100);
        const phrase = distinct(period);
        const repeatCount = Math.max(3, Math.ceil(24 / period));
        const verdict = judgeTokens([...head, ...repeated(phrase, repeatCount)], 60, RECOGNISER_DEFAULTS);
        expect(verdict).toEqual({ status: 'runaway', keptTokenCount: headCount + period });
      }),
    );
  });
});

describe('recogniser options', () => {
  it('must be in range', () => {
    expect(() => resolveRecogniserOptions({ maximumTokensPerSecond: 0 })).toThrow(
      new RangeError('maximumTokensPerSecond must be a number above 0, got 0.'),
    );
    expect(() => resolveRecogniserOptions({ loopRepeatCount: 1 })).toThrow(
      new RangeError('loopRepeatCount must be a whole number of at least 2, got 1.'),
    );
  });
});
