import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohensKappa, fleissKappa, meanPairwiseKappa, symmetricErrors } from '../../src/evaluation/agreement.ts';
import { pooledWordErrorRate } from '../../src/evaluation/word-error-rate.ts';

/** Pairs of labels from a table of counts: row by the first labeller, column by the second. */
function fromTable(table: readonly (readonly number[])[]): [string, string][] {
  return table.flatMap((row, first) =>
    row.flatMap((count, second) => Array.from({ length: count }, (): [string, string] => [`${first}`, `${second}`])),
  );
}

/** Labels of each item from how often each category was given. */
function fromCounts(rows: readonly (readonly number[])[]): string[][] {
  return rows.map((row) => row.flatMap((count, category) => Array.from({ length: count }, () => `${category}`)));
}

describe("Cohen's kappa", () => {
  // Source: Wikipedia, "Cohen's kappa", the three worked examples; the last one is the printed output of SAS for its
  // table of 3 x 3, as the tests of statsmodels (inter_rater) quote it.
  it.each([
    [
      [
        [20, 5],
        [10, 15],
      ],
      0.7,
      0.5,
      0.4,
    ],
    [
      [
        [45, 15],
        [25, 15],
      ],
      0.6,
      0.54,
      0.1304,
    ],
    [
      [
        [25, 35],
        [5, 35],
      ],
      0.6,
      0.46,
      0.2593,
    ],
    [
      [
        [0, 4, 1],
        [0, 8, 0],
        [0, 1, 5],
      ],
      13 / 19,
      // Row sums 5 8 6, column sums 0 13 6.
      (5 * 0 + 8 * 13 + 6 * 6) / 19 ** 2,
      0.4842,
    ],
  ])('of the table %j is the published one', (table, observed, expected, kappa) => {
    const result = cohensKappa(fromTable(table));
    expect(result.observed).toBeCloseTo(observed, 12);
    expect(result.expected).toBeCloseTo(expected, 12);
    expect(result.kappa).toBeCloseTo(kappa, 4);
  });

  it('of 20 people rated for anxiety by two of three raters is what R (irr 0.84, kappa2) gives', () => {
    // Source: data set "anxiety" of the R package irr, raters 2 and 3.
    const second = [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4].map(String);
    const third = [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2].map(String);
    const { kappa } = cohensKappa(second.map((label, i) => [label, third[i]!] as const));
    expect(kappa).toBeCloseTo(-0.006289308, 8);
  });

  it('is 1 for full agreement, 0 for independence, -1 for full disagreement on two even labels', () => {
    const kappaOf = (table: number[][]): number => cohensKappa(fromTable(table)).kappa;
    expect(
      kappaOf([
        [7, 0],
        [0, 3],
      ]),
    ).toBe(1);
    // Both say the first label in 6 of 10, independently: 3.6 2.4 2.4 1.6.
    expect(
      kappaOf([
        [36, 24],
        [24, 16],
      ]),
    ).toBeCloseTo(0, 12);
    expect(
      kappaOf([
        [0, 5],
        [5, 0],
      ]),
    ).toBe(-1);
  });

  it('says nothing where only one label is in use, or nothing was labelled', () => {
    expect(cohensKappa([['yes', 'yes']])).toEqual({ kappa: Number.NaN, observed: 1, expected: 1, itemCount: 1 });
    expect(cohensKappa([]).kappa).toBeNaN();
  });

  it('is the same whoever is named first, and never above 1', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label), { minLength: 1 }), (pairs) => {
        const { kappa } = cohensKappa(pairs);
        const swapped = cohensKappa(pairs.map(([first, second]) => [second, first] as const)).kappa;
        expect(Number.isNaN(swapped)).toBe(Number.isNaN(kappa));
        if (Number.isNaN(kappa)) return;
        expect(swapped).toBeCloseTo(kappa, 12);
        expect(kappa).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("Fleiss' kappa", () => {
  it('of 10 subjects, 14 raters and 5 categories is the published one', () => {
    // Source: Wikipedia, "Fleiss' kappa", worked example: P = 0.378, Pe = 0.213, kappa = 0.210.
    const { kappa, observed, expected } = fleissKappa(
      fromCounts([
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
      ]),
    );
    expect(observed).toBeCloseTo(0.378, 3);
    expect(expected).toBeCloseTo(0.213, 3);
    expect(kappa).toBeCloseTo(0.21, 3);
  });

  it('of 30 patients diagnosed by 6 psychiatrists is that of the paper', () => {
    // Source: Fleiss 1971, table 1 (kappa = .430); 0.4302445 by R (irr, kappam.fleiss).
    const rows = [
      '444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445',
      '333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555',
    ];
    const { kappa, itemCount } = fleissKappa(rows.flatMap((line) => line.split(' ').map((row) => [...row])));
    expect(itemCount).toBe(30);
    expect(kappa).toBeCloseTo(0.4302445, 7);
  });

  it('refuses items with different numbers of labels', () => {
    expect(() => fleissKappa([['a', 'b'], ['a']])).toThrow(RangeError);
    expect(() => fleissKappa([['a']])).toThrow(RangeError);
    expect(fleissKappa([]).kappa).toBeNaN();
  });
});

describe('the mean of pairwise kappas', () => {
  it('leaves out pairs that have none', () => {
    const kappas = [0.4, Number.NaN, 0.8].map((kappa) => ({ kappa, observed: 0, expected: 0, itemCount: 1 }));
    expect(meanPairwiseKappa(kappas)).toBeCloseTo(0.6, 12);
    expect(meanPairwiseKappa([])).toBeNaN();
  });
});

describe('the word error rate between two labellers', () => {
  const words = fc.array(fc.constantFrom('a', 'large', 'latte', 'please'), { maxLength: 8 });

  it('counts edits over the mean number of words', () => {
    expect(symmetricErrors(['one', 'large', 'latte'], ['large', 'latte', 'please', 'now', 'hm'])).toEqual({
      editCount: 4,
      wordCount: 4,
    });
  });

  it('is the same in both directions, and between the two word error rates', () => {
    fc.assert(
      fc.property(words, words, (first, second) => {
        expect(symmetricErrors(first, second)).toEqual(symmetricErrors(second, first));
        if (first.length === 0 || second.length === 0) return;
        const { editCount } = symmetricErrors(first, second);
        const rates = [editCount / first.length, editCount / second.length].sort((a, b) => a - b);
        const rate = pooledWordErrorRate([symmetricErrors(first, second)]);
        expect(rate).toBeGreaterThanOrEqual(rates[0]! - 1e-12);
        expect(rate).toBeLessThanOrEqual(rates[1]! + 1e-12);
      }),
    );
  });
});
