import { SpeechError } from '../errors.ts';
import { Utf8Decoder } from './utf8-decoder.ts';

const WORD_START = /\u2581/g;
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;
const SPECIAL_TOKEN = /^<.+>$/s;

/**
 * The recogniser's vocabulary: token numbers to text.
 *
 * File format (`tokenizer.bin` of Moonshine): for each token, in order, its length and its bytes. A length under 128
 * is one byte; else two, of which the first holds the low seven bits with the top bit set, the second the rest.
 * U+2581 is a space, `<0xNN>` one raw byte; every other `<…>` is a mark for the decoder and has no text.
 */
export class Tokenizer {
  /** The texts of all tokens one after the other: an array for each is 32,768 objects more at every garbage collection. */
  readonly #texts: Uint8Array;
  /** Where each token's text ends in {@link #texts}. */
  readonly #ends: Uint32Array;

  private constructor(texts: Uint8Array, ends: Uint32Array) {
    this.#texts = texts;
    this.#ends = ends;
  }

  /** @throws SpeechError `recogniser` for a file that is empty or ends inside a token. */
  static parse(file: Uint8Array): Tokenizer {
    const texts = new Uint8Array(file.length);
    const ends: number[] = [];
    let textEnd = 0;
    let offset = 0;
    while (offset < file.length) {
      const start = offset;
      let length = file[offset++]!;
      if (length >= 128) {
        const high = file[offset++];
        if (high === undefined) throw corrupt(ends.length, start, 'its length is cut off');
        length = high * 128 + length - 128;
      }
      const end = offset + length;
      if (end > file.length) {
        throw corrupt(ends.length, start, `it needs ${length} bytes and ${file.length - offset} are left`);
      }
      const text = textBytes(file.subarray(offset, end));
      texts.set(text, textEnd);
      textEnd += text.length;
      ends.push(textEnd);
      offset = end;
    }
    if (ends.length === 0) throw new SpeechError('recogniser', 'The tokenizer file is empty. Fetch the model again.');
    return new Tokenizer(texts.slice(0, textEnd), Uint32Array.from(ends));
  }

  /** Number of tokens; equals the width of the decoder's output. */
  get tokenCount(): number {
    return this.#ends.length;
  }

  /**
   * The text that each token adds; joined, they are the whole text (with a space before its first word).
   *
   * A character whose bytes lie in several tokens belongs to the last of them.
   *
   * @throws RangeError for a number that is no token.
   */
  decode(tokenIds: readonly number[]): string[] {
    const utf8 = new Utf8Decoder();
    const pieces = tokenIds.map((id) => {
      const end = this.#ends[id];
      if (end === undefined) throw new RangeError(`Token ${id} is not in 0..${this.tokenCount - 1}.`);
      return utf8.decode(this.#texts.subarray(this.#ends[id - 1] ?? 0, end)).replace(WORD_START, ' ');
    });
    const rest = utf8.end();
    if (rest !== '') pieces[pieces.length - 1] += rest;
    return pieces;
  }
}

/** What a token adds to the text, in UTF-8; empty for a decoder's mark. May be the token itself. */
function textBytes(token: Uint8Array): Uint8Array {
  let name = '';
  for (const byte of token) name += String.fromCharCode(byte);
  const hex = BYTE_TOKEN.exec(name)?.[1];
  if (hex !== undefined) return Uint8Array.of(Number.parseInt(hex, 16));
  return SPECIAL_TOKEN.test(name) ? new Uint8Array(0) : token;
}

function corrupt(tokenId: number, offset: number, what: string): SpeechError {
  return new SpeechError(
    'recogniser',
    `The tokenizer file is corrupt at token ${tokenId}, byte ${offset}: ${what}. Fetch the model again.`,
  );
}
