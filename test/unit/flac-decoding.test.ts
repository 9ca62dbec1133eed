import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlacAudio, parseFlac, parseFlacInfo } from '../../src/dsp/flac.ts';

const SPEECH = new URL('../fixtures/audio/', import.meta.url);
const VARIANTS = new URL('../fixtures/flac/', import.meta.url);
const files = [SPEECH, VARIANTS].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.flac'))
    .map((name) => ({ name, url: new URL(name, folder) })),
);
/** An encoder that writes into a pipe cannot go back to fill in the count and the MD5. */
const STREAMED = 'streamed-12345-hz.flac';

/** The audio as the encoder's MD5 was taken: interleaved little-endian whole numbers. */
function md5(audio: FlacAudio): string {
  const byteCount = Math.ceil(audio.bitDepth / 8);
  const scale = 2 ** (audio.bitDepth - 1);
  const pcm = Buffer.alloc(audio.sampleCount * audio.channelCount * byteCount);
  let at = 0;
  for (let i = 0; i < audio.sampleCount; i++)
    for (const channel of audio.channels) at = pcm.writeIntLE(channel[i]! * scale, at, byteCount);
  return createHash('md5').update(pcm).digest('hex');
}

function read(url: URL): Uint8Array {
  return new Uint8Array(readFileSync(url));
}

describe('FLAC decoding', () => {
  it.each(files.filter(({ name }) => name !== STREAMED))(
    'gives every bit of $name back: the MD5 that its encoder wrote is met',
    ({ url }) => {
      const bytes = read(url);
      // RFC 9639, section 8.2: the last 16 bytes of STREAMINFO, which begins at byte 8.
      expect(md5(parseFlac(bytes))).toBe(Buffer.from(bytes.subarray(26, 42)).toString('hex'));
    },
  );

  it('reads a stream that states no length to its end', () => {
    const streamed = read(new URL(STREAMED, VARIANTS));
    expect(parseFlacInfo(streamed).sampleCount).toBe(0);
    const audio = parseFlac(streamed);
    expect(audio.rateHz).toBe(12_345);
    // The same samples went into both files.
    expect(audio.channels).toEqual(parseFlac(read(new URL('wasted-bits.flac', VARIANTS))).channels);
  });

  it('passes over what follows the last frame', () => {
    const bytes = read(new URL('verbatim.flac', VARIANTS));
    const tagged = new Uint8Array([...bytes, ...Buffer.from('TAG'.padEnd(128, 'x'))]);
    expect(parseFlac(tagged)).toEqual(parseFlac(bytes));
  });

  it('tells of a stream that is cut short anywhere', () => {
    const bytes = read(new URL('stereo-16-bit.flac', VARIANTS));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(() => parseFlac(bytes.subarray(0, length))).toThrow(RangeError);
      }),
    );
  });

  it('tells of any damage to a frame, by its check sum', () => {
    const bytes = read(new URL('wasted-bits.flac', VARIANTS));
    // STREAMINFO and one comment block come first; the frames' bytes are all covered by CRC-16.
    const firstFrame = bytes.findIndex((byte, i) => byte === 0xff && (bytes[i + 1]! & 0xfe) === 0xf8);
    fc.assert(
      fc.property(
        fc.integer({ min: firstFrame, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const damaged = bytes.slice();
          damaged[at]! ^= change;
          expect(() => parseFlac(damaged)).toThrow(RangeError);
        },
      ),
    );
  });

  it('ends on any bytes, with audio or a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, isMarked) => {
        const bytes = isMarked ? new Uint8Array([...Buffer.from('fLaC\x80\0\0\x22', 'latin1'), ...noise]) : noise;
        try {
          expect(parseFlac(bytes).channels.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('refuses more samples than the caller allows, stated or not', () => {
    const stated = read(new URL('constant-short-last-frame.flac', VARIANTS));
    expect(parseFlac(stated, 16_005).sampleCount).toBe(16_005);
    expect(() => parseFlac(stated, 16_004)).toThrow(/more than 16004 samples/);
    const streamed = read(new URL(STREAMED, VARIANTS));
    expect(() => parseFlac(streamed, 3_000)).toThrow(/more than 3000 samples/);
  });

  it('makes no array for samples that a header only claims', () => {
    const bytes = read(new URL('verbatim.flac', VARIANTS));
    const boast = bytes.slice();
    boast.set([0x0f, 0xff, 0xff, 0xff, 0xff], 21);
    boast[21] = (bytes[21]! & 0xf0) | 0x00;
    expect(() => parseFlac(boast, 2 ** 36)).toThrow(/cut short: 1000 of/);
  });
});
