import {
  CURRENCY_WORDS,
  isDecimalWord,
  MULTIPLIERS,
  MULTIPLIERS_SUFFIXED,
  NUMBER_PREFIXES,
  NUMBER_WORDS,
  ONES,
  ONES_SUFFIXED,
  SIGN_WORDS,
  type SuffixedNumber,
  TENS,
  TENS_SUFFIXED,
  ZEROS,
} from './number-words.ts';

/** A number being read: a value that arithmetic may still change, or digits that later words are written after. */
type Reading = bigint | string | undefined;

const DIGITS = /^\d+(\.\d+)?$/;

function isNumeric(word: string | undefined): boolean {
  return word !== undefined && DIGITS.test(word);
}

/** Exact product of a decimal numeral and a whole number; undefined when it is not whole or no numeral. */
function wholeProduct(numeral: string, factor: bigint): bigint | undefined {
  if (!DIGITS.test(numeral)) return undefined;
  const [whole = '', decimals = ''] = numeral.split('.');
  const scale = 10n ** BigInt(decimals.length);
  const product = BigInt(whole + decimals) * factor;
  return product % scale === 0n ? product / scale : undefined;
}

/** Reads words one after another and writes numbers as digits. */
class NumberReader {
  readonly #written: string[] = [];
  #value: Reading;
  #prefix = '';

  /** The words so far, with the open number closed. */
  finish(): string {
    this.#flush();
    return this.#written.join(' ');
  }

  /** @returns How many words were consumed: 1, or 2 when the next one belonged to this one. */
  read(previous: string | undefined, word: string, next: string | undefined): 1 | 2 {
    const hasPrefix = NUMBER_PREFIXES.has(word.charAt(0));
    const numeral = hasPrefix ? word.slice(1) : word;
    if (DIGITS.test(numeral)) this.#readNumeral(hasPrefix ? word.charAt(0) : '', numeral, word);
    else if (!NUMBER_WORDS.has(word)) this.#passOn(word);
    else if (ZEROS.has(word)) this.#value = `${this.#value ?? ''}0`;
    else if (ONES.has(word)) this.#value = this.#withOnes(ONES.get(word)!, previous);
    else if (TENS.has(word)) this.#value = this.#withTens(TENS.get(word)!);
    else if (ONES_SUFFIXED.has(word)) this.#writeSuffixed(ONES_SUFFIXED.get(word)!, (n) => this.#withOnes(n, previous));
    else if (TENS_SUFFIXED.has(word)) this.#writeSuffixed(TENS_SUFFIXED.get(word)!, (n) => this.#withTens(n));
    else if (MULTIPLIERS.has(word)) this.#value = this.#multiplied(MULTIPLIERS.get(word)!);
    else if (MULTIPLIERS_SUFFIXED.has(word))
      this.#writeSuffixed(MULTIPLIERS_SUFFIXED.get(word)!, (n) => this.#multiplied(n));
    else if (SIGN_WORDS.has(word)) this.#readSign(word, next);
    else if (CURRENCY_WORDS.has(word)) this.#readCurrency(word);
    else return this.#readSpecial(previous, word, next);
    return 1;
  }

  #write(text: string): void {
    this.#written.push(this.#prefix + text);
    this.#value = undefined;
    this.#prefix = '';
  }

  #flush(): void {
    if (this.#value !== undefined) this.#write(String(this.#value));
  }

  #passOn(word: string): void {
    this.#flush();
    this.#write(word);
  }

  #readNumeral(prefix: string, numeral: string, word: string): void {
    if (typeof this.#value === 'string' && this.#value.endsWith('.')) {
      this.#value += word;
      return;
    }
    this.#flush();
    if (prefix !== '') this.#prefix = prefix;
    this.#value = wholeProduct(numeral, 1n) ?? numeral;
  }

  #withOnes(ones: bigint, previous: string | undefined): Reading {
    const value = this.#value;
    if (value === undefined) return ones;
    if (typeof value === 'string' && previous !== undefined && TENS.has(previous) && ones < 10n)
      return `${value.slice(0, -1)}${ones}`;
    if (typeof value === 'string' || (previous !== undefined && ONES.has(previous))) return `${value}${ones}`;
    return value % (ones < 10n ? 10n : 100n) === 0n ? value + ones : `${value}${ones}`;
  }

  #withTens(tens: bigint): Reading {
    const value = this.#value;
    if (value === undefined) return tens;
    return typeof value === 'bigint' && value % 100n === 0n ? value + tens : `${value}${tens}`;
  }

  #multiplied(multiplier: bigint): Reading {
    const value = this.#value;
    if (value === undefined) return multiplier;
    if (typeof value === 'string' || value === 0n) {
      const product = wholeProduct(String(value), multiplier);
      if (product !== undefined) return product;
      this.#flush();
      return multiplier;
    }
    const residual = value % 1000n;
    return value - residual + residual * multiplier;
  }

  #writeSuffixed(form: SuffixedNumber, combine: (value: bigint) => Reading): void {
    this.#write(`${combine(form.value)}${form.suffix}`);
  }

  #readSign(word: string, next: string | undefined): void {
    this.#flush();
    if (next !== undefined && (NUMBER_WORDS.has(next) || isNumeric(next))) this.#prefix = SIGN_WORDS.get(word)!;
    else this.#write(word);
  }

  #readCurrency(word: string): void {
    if (this.#value === undefined) {
      this.#write(word);
      return;
    }
    this.#prefix = CURRENCY_WORDS.get(word)!;
    this.#flush();
  }

  #readSpecial(previous: string | undefined, word: string, next: string | undefined): 1 | 2 {
    if (word === 'percent' || (word === 'per' && next === 'cent')) {
      if (this.#value === undefined) {
        this.#write(word);
        return 1;
      }
      this.#write(`${this.#value}%`);
      return word === 'per' ? 2 : 1;
    }
    const isBeforeNumber = next !== undefined && (NUMBER_WORDS.has(next) || isNumeric(next));
    if (word === 'and' && isBeforeNumber && previous !== undefined && MULTIPLIERS.has(previous)) return 1;
    if ((word === 'double' || word === 'triple') && next !== undefined && (ONES.has(next) || ZEROS.has(next))) {
      this.#value = `${this.#value ?? ''}${String(ONES.get(next) ?? 0n).repeat(word === 'double' ? 2 : 3)}`;
      return 2;
    }
    if (word === 'point' && (isDecimalWord(next) || isNumeric(next))) {
      this.#value = `${this.#value ?? ''}.`;
      return 1;
    }
    this.#passOn(word);
    return 1;
  }
}

function separateDigits(text: string): string {
  const halves = text.split(/\band\s+a\s+half\b/);
  const joined = halves
    .map((part, i) => {
      if (i === halves.length - 1) return part;
      const last = part.trim().split(/\s+/).at(-1);
      return `${part} ${isDecimalWord(last) || isNumeric(last) || MULTIPLIERS.has(last ?? '') ? 'point five' : 'and a half'}`;
    })
    .join(' ');
  return joined
    .replace(/([a-z])([0-9])/g, '$1 $2')
    .replace(/([0-9])([a-z])/g, '$1 $2')
    .replace(/([0-9])\s+(st|nd|rd|th|s)\b/g, '$1$2');
}

function joinCents(text: string): string {
  return text
    .replace(
      /([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})\b/g,
      (_, currency: string, whole: string, cents: string) => `${currency}${whole}.${cents.padStart(2, '0')}`,
    )
    .replace(/[€£$]0\.([0-9]{1,2})\b/g, (_, cents: string) => `¢${Number(cents)}`)
    .replace(/\b1(s?)\b/g, 'one$1');
}

/**
 * Writes the numbers of a lower-case English text in digits: cardinals, ordinals, years and digit strings as spoken,
 * decimals, signs, currencies and percentages. A lone 1 stays "one".
 *
 * Source: the rules follow EnglishNumberNormalizer of OpenAI Whisper (MIT, see LICENCE-whisper.txt); unlike there, a
 * numeral before "and a half" counts as a number, and "point" before a word that is no decimal is kept.
 */
export function normaliseNumbers(text: string): string {
  const words = separateDigits(text).split(/\s+/).filter(Boolean);
  const reader = new NumberReader();
  for (let i = 0; i < words.length; ) i += reader.read(words[i - 1], words[i]!, words[i + 1]);
  return joinCents(reader.finish());
}
