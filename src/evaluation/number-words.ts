/** A number word's value with what a suffixed form adds: "fifties" is 50 + "s", "third" is 3 + "rd". */
export interface SuffixedNumber {
  readonly value: bigint;
  readonly suffix: string;
}

/** Words for the digit 0. */
export const ZEROS: ReadonlySet<string> = new Set(['o', 'oh', 'zero']);

const ONE_TO_NINETEEN: readonly string[] = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];

/** One to nineteen. */
export const ONES: ReadonlyMap<string, bigint> = new Map(ONE_TO_NINETEEN.map((name, i) => [name, BigInt(i + 1)]));

/** Twenty to ninety. */
export const TENS: ReadonlyMap<string, bigint> = new Map(
  ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'].map((name, i) => [
    name,
    BigInt(10 * (i + 2)),
  ]),
);

/** Hundred to decillion. */
export const MULTIPLIERS: ReadonlyMap<string, bigint> = new Map([
  ['hundred', 100n],
  ...[
    'thousand',
    'million',
    'billion',
    'trillion',
    'quadrillion',
    'quintillion',
    'sextillion',
    'septillion',
    'octillion',
    'nonillion',
    'decillion',
  ].map((name, i): [string, bigint] => [name, 1000n ** BigInt(i + 1)]),
]);

const IRREGULAR_ORDINALS: ReadonlyMap<string, string> = new Map([
  ['one', 'first'],
  ['two', 'second'],
  ['three', 'third'],
  ['five', 'fifth'],
  ['eight', 'eighth'],
  ['nine', 'ninth'],
  ['twelve', 'twelfth'],
]);

function ordinalOf(name: string): string {
  return IRREGULAR_ORDINALS.get(name) ?? (name.endsWith('y') ? `${name.slice(0, -1)}ieth` : `${name}th`);
}

function pluralOf(name: string): string {
  if (name === 'six') return 'sixes';
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

function suffixedForms(cardinals: ReadonlyMap<string, bigint>): Map<string, SuffixedNumber> {
  const forms = new Map<string, SuffixedNumber>();
  for (const [name, value] of cardinals) {
    const ordinal = ordinalOf(name);
    forms.set(pluralOf(name), { value, suffix: 's' });
    forms.set(ordinal, { value, suffix: ordinal.slice(-2) });
  }
  return forms;
}

/** Ordinals and plurals of {@link ONES}, and "zeroth". */
export const ONES_SUFFIXED: ReadonlyMap<string, SuffixedNumber> = suffixedForms(ONES).set('zeroth', {
  value: 0n,
  suffix: 'th',
});

/** Ordinals and plurals of {@link TENS}. */
export const TENS_SUFFIXED: ReadonlyMap<string, SuffixedNumber> = suffixedForms(TENS);

/** Ordinals and plurals of {@link MULTIPLIERS}. */
export const MULTIPLIERS_SUFFIXED: ReadonlyMap<string, SuffixedNumber> = suffixedForms(MULTIPLIERS);

/** Signs that stand before a number. */
export const SIGN_WORDS: ReadonlyMap<string, string> = new Map([
  ['minus', '-'],
  ['negative', '-'],
  ['plus', '+'],
  ['positive', '+'],
]);

/** Units that stand after a number in words and before it in digits. */
export const CURRENCY_WORDS: ReadonlyMap<string, string> = new Map([
  ['pound', '£'],
  ['pounds', '£'],
  ['euro', '€'],
  ['euros', '€'],
  ['dollar', '$'],
  ['dollars', '$'],
  ['cent', '¢'],
  ['cents', '¢'],
]);

/** Symbols that may stand before a number in digits. */
export const NUMBER_PREFIXES: ReadonlySet<string> = new Set([...SIGN_WORDS.values(), ...CURRENCY_WORDS.values()]);

const SPECIAL_WORDS: readonly string[] = ['and', 'double', 'triple', 'point', 'per', 'percent'];

/** Every word that can be part of a number. */
export const NUMBER_WORDS: ReadonlySet<string> = new Set([
  ...ZEROS,
  ...ONES.keys(),
  ...TENS.keys(),
  ...MULTIPLIERS.keys(),
  ...ONES_SUFFIXED.keys(),
  ...TENS_SUFFIXED.keys(),
  ...MULTIPLIERS_SUFFIXED.keys(),
  ...SIGN_WORDS.keys(),
  ...CURRENCY_WORDS.keys(),
  ...SPECIAL_WORDS,
]);

/** True for a word that can follow "point". */
export function isDecimalWord(word: string | undefined): boolean {
  return word !== undefined && (ZEROS.has(word) || ONES.has(word) || TENS.has(word));
}
