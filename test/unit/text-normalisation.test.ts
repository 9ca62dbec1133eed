import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NUMBER_PREFIXES } from '../../src/evaluation/number-words.ts';
import { normalisedWords, normaliseEnglish, normalisePlain } from '../../src/evaluation/text-normaliser.ts';
import cases from '../fixtures/text/normaliser-cases.json' with { type: 'json' };

describe('English text normalisation', () => {
  it('is tested on the whole published list', () => {
    expect(cases).toHaveLength(60);
  });

  it.each(cases)('$group: $input', ({ input, expected }) => {
    expect(normaliseEnglish(input)).toBe(expected);
  });

  it.each([
    ['It’s 5 o’clock', "it's five o'clock"],
    ['I have got one.', "I've got 1"],
    ['A [noise] small (very small) coffee <unk>', 'a small coffee'],
    ['Um, uh, hmm... yes!', 'yes'],
    ['café crème', 'cafe creme'],
    ['Straße, Łódź, œuvre', 'strasse lodz oeuvre'],
    ['1,234,567 people', 'one million two hundred thirty four thousand five hundred sixty seven people'],
    ['The colour of the theatre', 'the color of the theater'],
    ['twenty-one', '21'],
    ['an 8 ounce latte with 2 sugars', 'an eight ounce latte with two sugars'],
    ['3 and a half million', '3,500,000'],
    ['ninety per cent', '90%'],
    ['what is the point', 'what is the point?'],
    ['three decillion', `3${'0'.repeat(33)}`],
  ])('makes "%s" and "%s" the same', (one, other) => {
    expect(normaliseEnglish(one)).toBe(normaliseEnglish(other));
  });

  it.each([
    ['fifteen', 'fifty'],
    ['minus five', 'plus five'],
    ['five dollars', 'five euros'],
    ['a large mocha', 'a small mocha'],
    ['can', "can't"],
    ['point and shoot', 'and shoot'],
    ['zero zero', 'zero'],
    ['0 zero', '0'],
  ])('keeps "%s" and "%s" apart', (one, other) => {
    expect(normaliseEnglish(one)).not.toBe(normaliseEnglish(other));
  });

  it('writes any whole number below a billion as its digits', () => {
    const small =
      'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
        ' ',
      );
    const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
    const underThousand = (n: number): string => {
      const rest = n % 100;
      const parts: string[] = [];
      if (n >= 100) parts.push(`${small[Math.floor(n / 100)]} hundred`);
      if (rest >= 20) parts.push(tens[Math.floor(rest / 10) - 2]!, ...(rest % 10 > 0 ? [small[rest % 10]!] : []));
      else if (rest > 0) parts.push(small[rest]!);
      return parts.join(' ');
    };
    const spell = (n: number): string =>
      [
        [Math.floor(n / 1_000_000), ' million'] as const,
        [Math.floor(n / 1000) % 1000, ' thousand'] as const,
        [n % 1000, ''] as const,
      ]
        .filter(([count]) => count > 0)
        .map(([count, unit]) => underThousand(count) + unit)
        .join(' ');
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 999_999_999 }), (n) => {
        expect(normaliseEnglish(spell(n))).toBe(String(n));
      }),
    );
  });

  it('leaves single spaces, lower case and no punctuation, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const normalised = normaliseEnglish(text);
        expect(normalised).toBe(normalised.trim());
        expect(normalised).not.toMatch(/\s\s|[!?;:"'()[\]]/);
        expect(normalised).toBe(normalised.toLowerCase());
        for (const word of normalisedWords(text, 'english')) expect(word).not.toBe('');
        for (const symbol of NUMBER_PREFIXES) expect(normalised.split(' ')).not.toContain(symbol);
      }),
    );
  });

  it('does not depend on the case of the text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ,.'0-9]{0,40}$/), (text) => {
        expect(normaliseEnglish(text.toUpperCase())).toBe(normaliseEnglish(text));
      }),
    );
  });
});

describe('plain text normalisation', () => {
  it('lowers case, drops punctuation and writes mister in full', () => {
    expect(normalisePlain("Mr. Hale, don't — please — go!")).toBe("mister hale don't please go");
  });

  it('gives no words for a text without any', () => {
    expect(normalisedWords(' ... ', 'plain')).toEqual([]);
    expect(normalisedWords(' ... ', 'english')).toEqual([]);
  });
});
