import { expandContractions } from './contractions.ts';
import { normaliseNumbers } from './number-normaliser.ts';
import { NUMBER_WORDS } from './number-words.ts';
import { AMERICAN_SPELLINGS, withoutAccents } from './text-normaliser.ts';

/** A way in which people write the same spoken words differently, that a step of a normaliser evens out. */
export type StepConvention =
  | 'numbers'
  | 'contractions'
  | 'spelling'
  | 'symbols'
  | 'accents'
  | 'joining'
  | 'notes'
  | 'fillers'
  | 'punctuation';

/**
 * The steps, the one first that is the first to be left out when another explains a difference as well: "forty-two"
 * against "forty two" is a hyphen, though reading both as 42 makes them equal too.
 */
export const STEP_CONVENTIONS: readonly StepConvention[] = [
  'numbers',
  'contractions',
  'spelling',
  'symbols',
  'accents',
  'joining',
  'notes',
  'fillers',
  'punctuation',
];

const SYMBOL_WORDS: ReadonlyMap<string, string> = new Map([
  ['&', 'and'],
  ['%', 'percent'],
  ['+', 'plus'],
  ['@', 'at'],
  ['=', 'equals'],
]);

/** Hesitations as people spell them: hm, hmm, mm, mhm, uh, uhh, uhm, um, er, erm, eh, ah. */
const FILLER = '(?:h+m+|m{2,}|mhm+|u+h+m*|u+m+|e+r+m*|e+h+|a+h+)';
const FILLERS = new RegExp(`(?<![\\p{L}\\p{N}'])${FILLER}(?![\\p{L}\\p{N}'])(?: [^\\p{L}\\p{N}\\s])*`, 'gu');

/** Sets punctuation apart from words; what stands between digits or letters belongs to them. */
function detachPunctuation(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{M}\s'’ʼ.,:$€£¢%&+@=-]/gu, ' $& ')
    .replace(/[.,:](?!\d)|(?<!\d)[.,:]/g, ' $& ')
    .replace(/(?<![\p{L}\p{N}])['’ʼ-](?!\d)|['’ʼ-](?![\p{L}\p{N}])/gu, ' $& ');
}

function withoutPunctuation(text: string): string {
  return text.replace(/[’ʼ]/g, "'").replace(/(?<=^|\s)[^\p{L}\p{N}\s$€£¢%&+@=]+(?=\s|$)/gu, ' ');
}

function withNumbersAsDigits(text: string): string {
  const apart = text
    .replace(/([a-z]+)-([a-z]+)/g, (word, tens: string, ones: string) =>
      NUMBER_WORDS.has(tens) && NUMBER_WORDS.has(ones) ? `${tens} ${ones}` : word,
    )
    .replace(/(\d),(?=\d)/g, '$1');
  return normaliseNumbers(apart);
}

/**
 * Lower-case text with only some conventions evened out, to see which of them two texts differ in.
 *
 * Each step works by itself, whichever others are left out. Numbers and contractions are those of the English
 * normaliser; what it calls fillers is a shorter list.
 */
export function evenOut(text: string, conventions: ReadonlySet<StepConvention>): string {
  const has = (convention: StepConvention): boolean => conventions.has(convention);
  let even = text.toLowerCase();
  if (has('notes')) even = even.replace(/<[^>]*>|\[[^\]]*\]|\([^)]*\)/g, ' ');
  if (has('accents')) even = withoutAccents(even);
  if (has('symbols')) even = even.replace(/[&%+@=]/g, (symbol) => ` ${SYMBOL_WORDS.get(symbol) ?? symbol} `);
  even = detachPunctuation(even);
  if (has('punctuation')) even = withoutPunctuation(even);
  even = even.replace(/\s+/g, ' ').trim();
  if (has('fillers')) even = even.replace(FILLERS, ' ');
  if (has('contractions')) even = expandContractions(even.replace(/[’ʼ]/g, "'"));
  if (has('numbers')) even = withNumbersAsDigits(even);
  if (has('spelling')) even = even.replace(/[\p{L}']+/gu, (word) => AMERICAN_SPELLINGS.get(word) ?? word);
  return even.replace(has('joining') ? /[\s-]+/g : /\s+/g, has('joining') ? '' : ' ').trim();
}
