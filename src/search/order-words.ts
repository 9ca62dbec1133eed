/** How one word of a spoken order counts towards the search. */
export type WordRole =
  /** Names the thing that is ordered. */
  | 'head'
  /** Says how it is made: size, roast, number of shots. */
  | 'modifier'
  /** Says what goes into it: everything after "with". */
  | 'addition';

/** One searchable word of an order. */
export interface OrderWord {
  readonly word: string;
  readonly role: WordRole;
}

/** Words of asking, and amounts, that say nothing about what is asked for. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the and or of for to in on my me i id ill im we us you your it its is are do does any some one ' +
    'can could may might would will want wanna like love need have having get getting got give make brew bring take ' +
    'let lets please thanks thank hi hello hey ok okay um uh er just order there ' +
    'bit little lot lots much more with'
  ).split(' '),
);

const MODIFIERS: ReadonlySet<string> = new Set(
  'light medium dark roast roasted small large regular extra ounce 8 12 16 20 2 3 single double triple shot size cup'.split(
    ' ',
  ),
);

/** The number words that sizes and shots are spoken in. */
const NUMBER_WORDS: Readonly<Record<string, string>> = {
  two: '2',
  three: '3',
  eight: '8',
  twelve: '12',
  sixteen: '16',
  twenty: '20',
};

const SAME_WORD: Readonly<Record<string, string>> = {
  oz: 'ounce',
  ounces: 'ounce',
  shots: 'shot',
  roasts: 'roast',
  ice: 'iced',
  tall: 'small',
  grande: 'medium',
  venti: 'large',
};

/**
 * Splits text into words as the index holds them: lower case, without accents, "16oz" as "16" "ounce".
 *
 * Numbers are digits, so that "sixteen ounce" and "16 oz" are the same words.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFD')
    .replace(/\p{M}|['’]/gu, '')
    .toLowerCase();
  const words = plain.match(/\p{L}+|\p{N}+/gu) ?? [];
  return words.map((word) => SAME_WORD[word] ?? NUMBER_WORDS[word] ?? word);
}

/**
 * The words of a typed or spoken order that are worth looking up, each with its role.
 *
 * "make me a light roast iced mocha with soy milk" gives light/roast as modifiers, iced/mocha as head, soy/milk as
 * additions.
 */
export function readOrder(query: string): OrderWord[] {
  const order: OrderWord[] = [];
  let isAfterWith = false;
  for (const word of wordsOf(query)) {
    // Before anything is named, "with" starts no list of additions: "with soy milk" asks for soy milk.
    if (word === 'with' && order.some((earlier) => earlier.role === 'head')) isAfterWith = true;
    if (STOP_WORDS.has(word)) continue;
    order.push({ word, role: isAfterWith ? 'addition' : MODIFIERS.has(word) ? 'modifier' : 'head' });
  }
  return order;
}
