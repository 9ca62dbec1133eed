import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWavPcm16, parseWav } from '../../src/dsp/wav.ts';

interface WavParts {
  readonly tag?: number;
  readonly bits?: number;
  readonly channelCount?: number;
  readonly rateHz?: number;
  readonly sampleBytes?: readonly number[];
  /** Written as the length of the data chunk instead of the true one. */
  readonly dataLength?: number;
  /** Written as the length of the file instead of the true one. */
  readonly riffLength?: number;
  readonly chunksBefore?: readonly (readonly [name: string, content: readonly number[]])[];
  readonly chunksBehind?: readonly (readonly [name: string, content: readonly number[]])[];
  readonly isExtensible?: boolean;
}

const PCM_GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

function u16(value: number): number[] {
  return [value & 255, (value >> 8) & 255];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function chunk(name: string, content: readonly number[], length: number = content.length): number[] {
  return [...Buffer.from(name), ...u32(length), ...content, ...(content.length % 2 === 1 ? [0] : [])];
}

/** A WAV file put together byte by byte, from the format's description. */
function wav({
  tag = 1,
  bits = 16,
  channelCount = 1,
  rateHz = 16_000,
  sampleBytes = [1, 0, 2, 0],
  dataLength = sampleBytes.length,
  riffLength,
  chunksBefore = [],
  chunksBehind = [],
  isExtensible = false,
}: WavParts = {}): Uint8Array {
  const blockBytes = (channelCount * bits) / 8;
  const plain = [
    ...u16(isExtensible ? 0xfffe : tag),
    ...u16(channelCount),
    ...u32(rateHz),
    ...u32(rateHz * blockBytes),
  ];
  const extension = isExtensible ? [...u16(22), ...u16(bits), ...u32(0), ...u16(tag), ...PCM_GUID_TAIL] : [];
  const body = [
    ...Buffer.from('WAVE'),
    ...chunksBefore.flatMap(([name, content]) => chunk(name, content)),
    ...chunk('fmt ', [...plain, ...u16(blockBytes), ...u16(bits), ...extension]),
    ...chunk('data', sampleBytes, dataLength),
    ...chunksBehind.flatMap(([name, content]) => chunk(name, content)),
  ];
  return Uint8Array.from([...Buffer.from('RIFF'), ...u32(riffLength ?? body.length), ...body]);
}

function floatBytes(values: readonly number[], bits: 32 | 64): number[] {
  return [...new Uint8Array((bits === 32 ? Float32Array : Float64Array).from(values).buffer)];
}

describe('writing WAV', () => {
  it('writes the 44 header bytes of the format and the samples', () => {
    expect(encodeWavPcm16(Int16Array.of(1, 2), 16_000)).toEqual(wav());
    expect(encodeWavPcm16(Int16Array.of(-1, 256, -32_768), 48_000)).toEqual(
      wav({ rateHz: 48_000, sampleBytes: [255, 255, 0, 1, 0, 128] }),
    );
  });

  it('gives the samples back when read', () => {
    fc.assert(
      fc.property(fc.int16Array(), fc.integer({ min: 1, max: 192_000 }), (pcm16, rateHz) => {
        const audio = parseWav(encodeWavPcm16(pcm16, rateHz));
        expect(audio.rateHz).toBe(rateHz);
        expect(audio.channelCount).toBe(1);
        expect(audio.channels).toEqual([Float32Array.from(pcm16, (step) => step / 32_768)]);
      }),
      { seed: 1 },
    );
  });

  it.each([0, -1, 44_100.5, Number.NaN])('refuses a rate of %d Hz', (rateHz) => {
    expect(() => encodeWavPcm16(new Int16Array(1), rateHz)).toThrow(
      `A WAV file needs a whole rate above 0 Hz, got ${rateHz}`,
    );
  });
});

describe('reading WAV', () => {
  it.each([
    { name: '8-bit PCM', tag: 1, bits: 8, sampleBytes: [128, 255, 0, 64], expected: [0, 127 / 128, -1, -0.5] },
    { name: '16-bit PCM', tag: 1, bits: 16, sampleBytes: [0, 0, 255, 127, 0, 128], expected: [0, 32_767 / 32_768, -1] },
    {
      name: '24-bit PCM',
      tag: 1,
      bits: 24,
      sampleBytes: [0, 0, 64, 255, 255, 255, 0, 0, 128],
      expected: [0.5, -1 / 8_388_608, -1],
    },
    { name: '32-bit PCM', tag: 1, bits: 32, sampleBytes: [0, 0, 0, 64, 0, 0, 0, 128], expected: [0.5, -1] },
    { name: '32-bit float', tag: 3, bits: 32, sampleBytes: floatBytes([0.25, -1.5], 32), expected: [0.25, -1.5] },
    { name: '64-bit float', tag: 3, bits: 64, sampleBytes: floatBytes([0.25, -1.5], 64), expected: [0.25, -1.5] },
  ])('reads $name, plain and extensible', ({ tag, bits, sampleBytes, expected }) => {
    for (const isExtensible of [false, true]) {
      const audio = parseWav(wav({ tag, bits, sampleBytes, isExtensible }));
      expect(audio.channels).toEqual([Float32Array.from(expected)]);
      expect(audio.rateHz).toBe(16_000);
    }
  });

  it('takes channels apart', () => {
    const audio = parseWav(wav({ channelCount: 2, rateHz: 44_100, sampleBytes: [0, 64, 0, 192, 0, 32, 0, 224] }));
    expect(audio).toEqual({
      rateHz: 44_100,
      channelCount: 2,
      channels: [Float32Array.of(0.5, 0.25), Float32Array.of(-0.5, -0.25)],
    });
  });

  it('passes over other chunks, odd ones with their padding', () => {
    const audio = parseWav(
      wav({
        chunksBefore: [
          ['JUNK', [1, 2, 3]],
          ['bext', []],
        ],
        chunksBehind: [['LIST', [9, 9, 9, 9, 9]]],
      }),
    );
    expect(audio.channels).toEqual([Float32Array.of(1 / 32_768, 2 / 32_768)]);
  });

  it('reads streamed files to their end', () => {
    const expected = [Float32Array.of(1 / 32_768, 2 / 32_768)];
    expect(parseWav(wav({ dataLength: 0xffff_ffff, riffLength: 0xffff_ffff })).channels).toEqual(expected);
    expect(parseWav(wav({ dataLength: 0, riffLength: 0 })).channels).toEqual(expected);
    expect(parseWav(wav({ dataLength: 0, riffLength: 36 })).channels).toEqual(expected);
  });

  it('believes an empty data chunk in a finished file', () => {
    const audio = parseWav(wav({ sampleBytes: [], chunksBehind: [['LIST', [7, 7, 7, 7]]] }));
    expect(audio.channels).toEqual([new Float32Array(0)]);
  });

  it('takes what is there of a file cut short', () => {
    const whole = wav({ sampleBytes: [1, 0, 2, 0, 3, 0] });
    expect(parseWav(whole.subarray(0, whole.length - 1)).channels).toEqual([Float32Array.of(1 / 32_768, 2 / 32_768)]);
  });

  it('reads a file that lies inside a larger buffer', () => {
    const file = wav();
    const larger = new Uint8Array(file.length + 7);
    larger.set(file, 3);
    expect(parseWav(larger.subarray(3, 3 + file.length))).toEqual(parseWav(file));
  });

  it.each([
    ['no bytes', new Uint8Array(0), TypeError, 'Not a WAV file: 0 bytes are fewer than the 12 of its header'],
    [
      'text',
      Uint8Array.from(Buffer.from('Hello, this is text.')),
      TypeError,
      "expected 'RIFF' at byte 0, found 'Hell'",
    ],
    [
      'another RIFF file',
      Uint8Array.from(Buffer.from('RIFF\0\0\0\0AVI ')),
      TypeError,
      "expected 'WAVE' at byte 8, found 'AVI '",
    ],
    [
      'RIFX',
      Uint8Array.from(Buffer.from('RIFX\0\0\0\0WAVE')),
      TypeError,
      "WAV variant 'RIFX' at byte 0 is not supported",
    ],
    [
      'RF64',
      Uint8Array.from(Buffer.from('RF64\0\0\0\0WAVE')),
      TypeError,
      "WAV variant 'RF64' at byte 0 is not supported",
    ],
    [
      'no chunks',
      Uint8Array.from(Buffer.from('RIFF\0\0\0\0WAVE')),
      RangeError,
      "without a 'fmt ' chunk before byte 12",
    ],
    ['no data', wav().subarray(0, 36), RangeError, "without a 'data' chunk before byte 36"],
    ['mu-law', wav({ tag: 7, bits: 8 }), TypeError, 'WAV format 7 with 8 bits at byte 20 is not supported'],
    ['12 bits', wav({ bits: 12 }), TypeError, 'WAV format 1 with 12 bits at byte 20 is not supported'],
    ['16-bit float', wav({ tag: 3 }), TypeError, 'WAV format 3 with 16 bits at byte 20 is not supported'],
    ['no channels', wav({ channelCount: 0 }), RangeError, 'WAV channel count at byte 22 must lie in 1..256, got 0'],
    ['a rate of 0', wav({ rateHz: 0 }), RangeError, 'WAV sample rate at byte 24 is 0 Hz'],
  ])('says what is wrong with %s', (_name, bytes, errorClass, message) => {
    expect(() => parseWav(bytes)).toThrow(errorClass);
    expect(() => parseWav(bytes)).toThrow(message);
  });

  it('says which field of the format does not fit', () => {
    const blockSize = wav();
    blockSize[32] = 3;
    expect(() => parseWav(blockSize)).toThrow('WAV block size at byte 32 must be 2 bytes for 1 x 16 bits, got 3');
    const shortFormat = wav();
    shortFormat[16] = 14;
    expect(() => parseWav(shortFormat)).toThrow("WAV 'fmt ' chunk at byte 20 has 14 bytes, needs 16");
    const foreign = wav({ isExtensible: true });
    foreign[20 + 24 + 5] = 1;
    expect(() => parseWav(foreign)).toThrow('WAV sub-format at byte 44 is not PCM or float');
  });

  it('answers any bytes with audio or a documented error', () => {
    const answer = (bytes: Uint8Array) => {
      try {
        const audio = parseWav(bytes);
        const sampleCount = audio.channels.reduce((sum, channel) => sum + channel.length, 0);
        expect(sampleCount).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error instanceof RangeError || error instanceof TypeError).toBe(true);
        expect(String(error)).toMatch(/WAV/);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), answer), { seed: 2, numRuns: 500 });
    const edits = fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(edits, fc.nat(100), fc.boolean(), (changes, length, isExtensible) => {
        const bytes = wav({ isExtensible, chunksBefore: [['JUNK', [1, 2, 3]]] });
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        answer(bytes.subarray(0, length));
        answer(bytes);
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });
});
