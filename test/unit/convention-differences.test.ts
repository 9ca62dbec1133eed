import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDifferences, labelDifferences } from '../../src/evaluation/convention-differences.ts';

function conventions(first: string, second: string): (readonly string[])[] {
  return labelDifferences(first, second).map((difference) => difference.conventions);
}

describe('the convention in which two labellers differ', () => {
  it.each<[string, string, string[][]]>([
    ['two lattes', '2 lattes', [['numbers']]],
    ['Two lattes', '2 lattes', [['numbers']]],
    ['twenty five dollars', '$25', [['numbers']]],
    ['1,000 cups', 'one thousand cups', [['numbers']]],
    ['the third one', 'the 3rd one', [['numbers']]],
    ['two, please', '2 please', [['numbers', 'punctuation']]],
    ['the colour', 'the color', [['spelling']]],
    ['Colour, now', 'color now', [['spelling', 'punctuation', 'case']]],
    ['um can I', 'can I', [['fillers']]],
    ['can I, um, have', 'can I, have', [['fillers']]],
    ['can I erm have', 'can I have', [['fillers']]],
    ['a latte please', 'a latte, please.', [['punctuation'], ['punctuation']]],
    ['don’t stop', "don't stop", [['punctuation']]],
    ["don't stop", 'do not stop', [['contractions']]],
    ['don’t stop', 'do not stop', [['contractions']]],
    ["Don't stop", 'do not stop', [['contractions', 'case']]],
    ["I'd like", 'I would like', [['contractions']]],
    ['Mr Hale', 'Mister Hale', [['contractions']]],
    ['iced-coffee now', 'iced coffee now', [['joining']]],
    ['an icecream now', 'an ice cream now', [['joining']]],
    ['forty-two cups', 'forty two cups', [['joining']]],
    ['forty-two cups', '42 cups', [['numbers']]],
    ['a café crème', 'a cafe creme', [['accents']]],
    ['milk & sugar', 'milk and sugar', [['symbols']]],
    ['50% off', '50 percent off', [['symbols']]],
    ['tea [noise] please', 'tea please', [['notes']]],
    ['May I', 'may I', [['case']]],
    ['MAY I', 'may I', [['case']]],
    ['an iPad', 'an ipad', [['case']]],
    ['tea , please', 'tea, please', [['punctuation'], ['punctuation']]],
    ['$5 now', '5 dollars now', [['numbers']]],
    ['AT&T now', 'AT and T now', [['symbols']]],
    ['a  latte', 'a latte', [['spacing']]],
    ['a latte ', 'a latte', [['spacing']]],
  ])('%j against %j', (first, second, expected) => {
    const sorted = (lists: readonly (readonly string[])[]): string[][] => lists.map((list) => [...list].sort());
    expect(sorted(conventions(first, second))).toEqual(sorted(expected));
    expect(sorted(conventions(second, first))).toEqual(sorted(expected));
  });

  it.each([
    ['a small latte', 'a tall latte', 'small', 'tall'],
    ['a latte', 'a latte please', '', 'please'],
    ['their order', 'there order', 'their', 'there'],
    ['three cups', 'five cups', 'three', 'five'],
    ['3 cups', 'five cups', '3', 'five'],
  ])('is none where the words differ: %j against %j', (first, second, one, other) => {
    expect(labelDifferences(first, second)).toEqual([{ conventions: [], first: one, second: other }]);
  });

  it('is told from a different word beside it', () => {
    expect(labelDifferences('two large lattes', '2 big lattes')).toEqual([
      { conventions: ['numbers'], first: 'two', second: '2' },
      { conventions: [], first: 'large', second: 'big' },
    ]);
  });

  it('is none for the same text, and found for whatever two texts there are', () => {
    const word = fc.constantFrom(
      'two',
      '2',
      'Two,',
      "don't",
      'do not',
      'um',
      'colour',
      'color',
      'ice-cream',
      '%',
      '-',
      'é',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, text, (first, second) => {
        expect(labelDifferences(first, first)).toEqual([]);
        if (first !== second) expect(labelDifferences(first, second).length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('counting differences', () => {
  it('counts places and clips, the most frequent first, with unlike examples', () => {
    const counts = countDifferences(
      [
        { id: 'a', first: 'two teas, two lattes', second: '2 teas, 2 lattes' },
        { id: 'b', first: 'two teas', second: '2 teas' },
        { id: 'c', first: 'a small tea', second: 'a tall tea' },
        { id: 'd', first: 'a tea', second: 'a tea' },
      ],
      2,
    );
    expect(counts).toEqual([
      { kind: 'numbers', differenceCount: 3, clipCount: 2, examples: [{ id: 'a', first: 'two', second: '2' }] },
      { kind: 'words', differenceCount: 1, clipCount: 1, examples: [{ id: 'c', first: 'small', second: 'tall' }] },
    ]);
  });
});
