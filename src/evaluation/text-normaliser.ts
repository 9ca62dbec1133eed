import britishToAmerican from './british-to-american.json' with { type: 'json' };
import { expandContractions } from './contractions.ts';
import { normaliseNumbers } from './number-normaliser.ts';

/** How two texts are made comparable before their words are counted. */
export type NormaliserName = 'english' | 'plain';

/** Every normaliser, for messages and option parsers. */
export const NORMALISER_NAMES: readonly NormaliserName[] = ['english', 'plain'];

/** American spelling of each British word that has another one, lower case. */
export const AMERICAN_SPELLINGS: ReadonlyMap<string, string> = new Map(Object.entries(britishToAmerican));

/** Letters that Unicode does not decompose into a base letter and a mark. */
const UNDECOMPOSED_LETTERS: ReadonlyMap<string, string> = new Map([
  ['œ', 'oe'],
  ['ø', 'o'],
  ['æ', 'ae'],
  ['ß', 'ss'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ł', 'l'],
]);

/** Lower-case text with the marks taken off its letters. */
export function withoutAccents(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[œøæßđðþł]/g, (letter) => UNDECOMPOSED_LETTERS.get(letter) ?? letter)
    .replace(/\p{Mn}/gu, '');
}

function plainLetters(text: string): string {
  return withoutAccents(text).replace(/(?![.%$¢€£])[\p{M}\p{S}\p{P}]/gu, ' ');
}

function americanSpelling(text: string): string {
  return text
    .split(' ')
    .map((word) => AMERICAN_SPELLINGS.get(word) ?? word)
    .join(' ');
}

/**
 * English text with everything taken out that a listener would not call a different word.
 *
 * In order: lower case; bracketed notes dropped; fillers (hmm, mm, mhm, mmm, uh, um) dropped; contractions and titles
 * written in full; commas inside numbers and full stops outside them dropped; symbols, punctuation and diacritics
 * dropped; numbers in digits (ordinals, years, currencies, percentages); British spelling to American; one space
 * between words.
 *
 * Source: follows EnglishTextNormalizer of OpenAI Whisper (Radford et al., arXiv 2212.04356, appendix C; MIT, see
 * LICENCE-whisper.txt); unlike there, a typographic apostrophe is one too, and no space is left at either end.
 */
export function normaliseEnglish(text: string): string {
  const words = expandContractions(
    text
      .toLowerCase()
      .replace(/[’ʼ]/g, "'")
      .replace(/[<[][^>\]]*[>\]]/g, '')
      .replace(/\([^)]+?\)/g, '')
      .replace(/\b(?:hmm|mm|mhm|mmm|uh|um)\b/g, '')
      .replace(/\s+'/g, "'"),
  )
    .replace(/(\d),(?=\d)/g, '$1')
    .replace(/\.(?![0-9])/g, ' ');
  return americanSpelling(normaliseNumbers(plainLetters(words)))
    .replace(/[.$¢€£](?![0-9])/g, ' ')
    .replace(/(^|[^0-9])%/g, '$1 ')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * The least that must be evened out: lower case, everything but letters, digits and apostrophes dropped, "mr" and
 * "mrs" in full.
 */
export function normalisePlain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9' ]+/g, ' ')
    .replace(/\bmr\b/g, 'mister')
    .replace(/\bmrs\b/g, 'missus')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Words of a text under a normaliser; empty for a text without words. */
export function normalisedWords(text: string, normaliser: NormaliserName): readonly string[] {
  const normalised = normaliser === 'english' ? normaliseEnglish(text) : normalisePlain(text);
  return normalised === '' ? [] : normalised.split(' ');
}
