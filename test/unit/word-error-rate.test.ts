import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignWords, editDistance } from '../../src/evaluation/alignment.ts';
import { countClipErrors, pooledWordErrorRate } from '../../src/evaluation/word-error-rate.ts';

const letters = (text: string): string[] => [...text];
const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });

/** Second method: the definition, tried out in every branch. */
function bruteForce(a: readonly string[], b: readonly string[]): number {
  const [first, ...restA] = a;
  const [second, ...restB] = b;
  if (first === undefined) return b.length;
  if (second === undefined) return a.length;
  if (first === second) return bruteForce(restA, restB);
  return 1 + Math.min(bruteForce(restA, restB), bruteForce(restA, b), bruteForce(a, restB));
}

describe('edit distance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['intention', 'execution', 5],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['', '', 0],
  ])('of %s and %s is %i, as in the textbooks', (a, b, expected) => {
    expect(editDistance(letters(a), letters(b))).toBe(expected);
  });

  it('agrees with trying every edit', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        expect(editDistance(a, b)).toBe(bruteForce(a, b));
      }),
    );
  });

  it('is a metric: zero only for equals, symmetric, and no detour is shorter', () => {
    fc.assert(
      fc.property(words, words, words, (a, b, c) => {
        expect(editDistance(a, b) === 0).toBe(a.join() === b.join());
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  it('lies between the difference of the lengths and the longer length', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('word alignment', () => {
  it('tells substitutions, deletions and insertions apart', () => {
    const alignment = alignWords('a small black coffee'.split(' '), 'small red coffee please'.split(' '));
    expect(alignment).toMatchObject({ substitutionCount: 1, deletionCount: 1, insertionCount: 1, editCount: 3 });
    expect(alignment.steps.map((step) => step.type)).toEqual([
      'deletion',
      'match',
      'substitution',
      'match',
      'insertion',
    ]);
  });

  it('holds both texts in order and costs the edit distance', () => {
    fc.assert(
      fc.property(words, words, (reference, hypothesis) => {
        const { steps, editCount } = alignWords(reference, hypothesis);
        expect(steps.flatMap((step) => ('reference' in step ? [step.reference] : []))).toEqual(reference);
        expect(steps.flatMap((step) => ('hypothesis' in step ? [step.hypothesis] : []))).toEqual(hypothesis);
        expect(steps.filter((step) => step.type !== 'match')).toHaveLength(editCount);
        expect(editCount).toBe(editDistance(reference, hypothesis));
      }),
    );
  });
});

describe('word error rate', () => {
  it('is 0 for the same words, however they are written', () => {
    const clip = countClipErrors('make me an eight ounce latte', 'Make me an 8 ounce latte.', 'english');
    expect(pooledWordErrorRate([clip])).toBe(0);
  });

  it('is 1 for a clip of which nothing was understood', () => {
    expect(pooledWordErrorRate([countClipErrors('black coffee', '', 'plain')])).toBe(1);
  });

  it('pools the words of all clips instead of averaging the clips', () => {
    const one = countClipErrors('no', 'yes', 'plain');
    const nine = countClipErrors('a b c d e f g h i', 'a b c d e f g h i', 'plain');
    expect(pooledWordErrorRate([one, nine])).toBeCloseTo(1 / 10, 12);
  });

  it('counts insertions above 1', () => {
    expect(pooledWordErrorRate([countClipErrors('stop', 'please stop it now', 'plain')])).toBe(3);
  });

  it('is no number without reference words', () => {
    expect(pooledWordErrorRate([countClipErrors('...', 'hello', 'plain')])).toBeNaN();
  });
});
