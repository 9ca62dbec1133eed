import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Utf8Decoder } from '../../src/recogniser/utf8-decoder.ts';

/** Bytes as they occur in and around characters: uniform ones would hardly ever form one. */
const byte = fc.oneof(
  fc.integer({ min: 0, max: 0xff }),
  fc.constantFrom(0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
);

describe('UTF-8 decoding', () => {
  it('gives what TextDecoder gives for any bytes, however they are cut', () => {
    const platform = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(fc.array(fc.array(byte, { maxLength: 6 }), { maxLength: 12 }), (pieces) => {
        const decoder = new Utf8Decoder();
        const text = pieces.map((piece) => decoder.decode(Uint8Array.from(piece))).join('') + decoder.end();
        expect(text).toBe(platform.decode(Uint8Array.from(pieces.flat())));
      }),
      { numRuns: 5000 },
    );
  });

  it('gives back any text that was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const decoder = new Utf8Decoder();
        expect(decoder.decode(new TextEncoder().encode(text)) + decoder.end()).toBe(text);
      }),
    );
  });

  it('starts afresh after the end', () => {
    const decoder = new Utf8Decoder();
    decoder.decode(Uint8Array.of(0xe2, 0x96));
    expect(decoder.end()).toBe('\ufffd');
    expect(decoder.decode(Uint8Array.of(0x61)) + decoder.end()).toBe('a');
  });
});
