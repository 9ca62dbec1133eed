const WHOLE_WORDS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\bwon't\b/g, 'will not'],
  [/\bcan't\b/g, 'can not'],
  [/\blet's\b/g, 'let us'],
  [/\bain't\b/g, 'aint'],
  [/\by'all\b/g, 'you all'],
  [/\bwanna\b/g, 'want to'],
  [/\bgotta\b/g, 'got to'],
  [/\bgonna\b/g, 'going to'],
  [/\b(?:i'ma|imma)\b/g, 'i am going to'],
  [/\b(w|c|sh)oulda\b/g, '$1ould have'],
  [/\bma'am\b/g, 'madam'],
];

const TITLES: ReadonlyMap<string, string> = new Map([
  ['mr', 'mister'],
  ['mrs', 'missus'],
  ['st', 'saint'],
  ['dr', 'doctor'],
  ['prof', 'professor'],
  ['capt', 'captain'],
  ['gov', 'governor'],
  ['ald', 'alderman'],
  ['gen', 'general'],
  ['sen', 'senator'],
  ['rep', 'representative'],
  ['pres', 'president'],
  ['rev', 'reverend'],
  ['hon', 'honorable'],
  ['asst', 'assistant'],
  ['assoc', 'associate'],
  ['lt', 'lieutenant'],
  ['col', 'colonel'],
  ['jr', 'junior'],
  ['sr', 'senior'],
  ['esq', 'esquire'],
]);

const TITLE = new RegExp(`\\b(?:${[...TITLES.keys()].join('|')})\\b`, 'g');

/** Order matters: the perfect tenses before the general endings. */
const ENDINGS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/'(d|s) (been|gone)\b/g, ' ha$1 $2'],
  [/'d done\b/g, ' had done'],
  [/'s got\b/g, ' has got'],
  [/n't\b/g, ' not'],
  [/'re\b/g, ' are'],
  [/'s\b/g, ' is'],
  [/'d\b/g, ' would'],
  [/'ll\b/g, ' will'],
  [/'t\b/g, ' not'],
  [/'ve\b/g, ' have'],
  [/'m\b/g, ' am'],
];

/**
 * Writes contractions and abbreviated titles of a lower-case English text in full: "don't" is "do not", "mr" "mister".
 *
 * A possessive 's becomes " is" as well; both sides of a comparison change alike.
 * Source: the list of EnglishTextNormalizer, OpenAI Whisper (MIT, see LICENCE-whisper.txt).
 */
export function expandContractions(text: string): string {
  let expanded = text;
  for (const [pattern, replacement] of WHOLE_WORDS) expanded = expanded.replace(pattern, replacement);
  expanded = expanded.replace(TITLE, (title) => `${TITLES.get(title) ?? title} `);
  for (const [pattern, replacement] of ENDINGS) expanded = expanded.replace(pattern, replacement);
  return expanded;
}
