import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../src/errors.ts';
import { Tokenizer } from '../../src/recogniser/tokenizer.ts';
import { modelFiles } from '../model-files.ts';

/** A tokenizer file as its format asks: for each token its length in one byte, or two from 128 on, and its bytes. */
function tokenizerFile(tokens: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    tokens.flatMap((token) => {
      const { length } = token;
      return [...(length < 128 ? [length] : [(length % 128) + 128, Math.floor(length / 128)]), ...token];
    }),
  );
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The text of a token as the file holds it, without the marks that have a meaning of their own. */
const plainText = fc
  .string({ unit: 'grapheme', maxLength: 300 })
  .filter((text) => !text.includes('<') && !text.includes('\u2581'));

describe('the tokenizer file', () => {
  it('gives back every token that was written, short or long', () => {
    fc.assert(
      fc.property(fc.array(plainText, { minLength: 1, maxLength: 40 }), (texts) => {
        const tokenizer = Tokenizer.parse(tokenizerFile(texts.map(utf8)));
        expect(tokenizer.tokenCount).toBe(texts.length);
        expect(tokenizer.decode(texts.map((_, id) => id))).toEqual(texts);
      }),
    );
  });

  it('is read or refused with a clear error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (file) => {
        let tokenizer: Tokenizer;
        try {
          tokenizer = Tokenizer.parse(file);
        } catch (error) {
          expect(isSpeechError(error) && error.code).toBe('recogniser');
          expect(error).toHaveProperty(
            'message',
            expect.stringMatching(/^The tokenizer file is (corrupt at token \d+, byte \d+|empty)/),
          );
          return;
        }
        expect(tokenizer.tokenCount).toBeGreaterThan(0);
      }),
    );
  });

  it('is refused when it is cut off inside a token', () => {
    const tokens = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(tokens, (written) => {
        const file = tokenizerFile(written);
        expect(() => Tokenizer.parse(file.subarray(0, -1))).toThrow(/corrupt at token|is empty/);
      }),
    );
  });

  it('names the token and the byte where it breaks off', () => {
    const file = Uint8Array.of(2, 0x61, 0x62, 5, 0x63);
    expect(() => Tokenizer.parse(file)).toThrow(
      'The tokenizer file is corrupt at token 1, byte 3: it needs 5 bytes and 1 are left. Fetch the model again.',
    );
  });
});

describe('tokens as text', () => {
  const tokenizer = Tokenizer.parse(
    tokenizerFile(['<unk>', '<s>', '</s>', '\u2581caf', '<0xC3>', '<0xA9>', '\u2581', 's', '<', '<>'].map(utf8)),
  );

  it('have a space where U+2581 stands', () => {
    expect(tokenizer.decode([3, 6, 7])).toEqual([' caf', ' ', 's']);
  });

  it('join raw bytes to a character, which belongs to the last of them', () => {
    expect(tokenizer.decode([3, 4, 5, 7])).toEqual([' caf', '', '\u00e9', 's']);
  });

  it('show a character that was never finished as U+FFFD', () => {
    expect(tokenizer.decode([3, 4])).toEqual([' caf', '\ufffd']);
  });

  it('leave the decoder marks out', () => {
    expect(tokenizer.decode([1, 0, 7, 2])).toEqual(['', '', 's', '']);
  });

  it('keep angle brackets that are no mark', () => {
    expect(tokenizer.decode([8, 9])).toEqual(['<', '<>']);
  });

  it('must be in the file', () => {
    expect(() => tokenizer.decode([10])).toThrow(new RangeError('Token 10 is not in 0..9.'));
  });
});

describe("the model's own tokenizer file", () => {
  it('holds the 32,768 tokens that the decoder chooses from', async () => {
    const { tokenizer } = await modelFiles();
    expect(Tokenizer.parse(tokenizer).tokenCount).toBe(32_768);
  });
});
