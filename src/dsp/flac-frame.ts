import type { Samples } from '../units.ts';
import { FlacBitReader, flacCrc8, flacCrc16 } from './flac-bits.ts';
import { readFlacSubframe } from './flac-subframe.ts';

/** Largest block of the format. */
export const MAX_BLOCK_SAMPLES: Samples = 65_536;

const SYNC = 0b11_1111_1111_1110;
/** Bits of a sample by the header's code; 0 stands for the stream's own. */
const DEPTHS: readonly (number | undefined)[] = [0, 8, 12, undefined, 16, 20, 24, 32];
const FIRST_STEREO_CODE = 8;
const LAST_STEREO_CODE = 10;

/** Reads the frames of a FLAC stream one after another into blocks of its own. */
export class FlacFrameReader {
  /** The channels of the last frame, whole numbers; valid until the next one is read. */
  readonly blocks: readonly Float64Array[];
  readonly #bytes: Uint8Array;
  readonly #reader: FlacBitReader;
  readonly #bitDepth: number;

  /**
   * @param bytes The stream; read only, must not change while it is read.
   * @param bitDepth Bits of a sample as the stream's header has it.
   */
  constructor(bytes: Uint8Array, channelCount: number, bitDepth: number) {
    this.#bytes = bytes;
    this.#reader = new FlacBitReader(bytes);
    this.#bitDepth = bitDepth;
    this.blocks = Array.from({ length: channelCount }, () => new Float64Array(MAX_BLOCK_SAMPLES));
  }

  /** First byte after the last frame. */
  get byte(): number {
    return this.#reader.byte;
  }

  /**
   * Reads the frame that begins at a byte.
   *
   * @returns Samples of a channel in {@link blocks}.
   * @throws RangeError for a frame that is damaged, cut short, or of other channels or depth than the stream.
   * Source: RFC 9639, sections 9.1 to 9.3.
   */
  read(start: number): Samples {
    const reader = this.#reader;
    reader.seek(start);
    if (reader.unsigned(14) !== SYNC || reader.unsigned(1) !== 0) throw new RangeError('The FLAC stream is damaged.');
    reader.unsigned(1);
    const sizeCode = reader.unsigned(4);
    const rateCode = reader.unsigned(4);
    const channelCode = reader.unsigned(4);
    const depth = DEPTHS[reader.unsigned(3)];
    reader.unsigned(1);
    this.#skipNumber();
    const count = this.#blockSize(sizeCode);
    reader.unsigned(rateCode === 12 ? 8 : rateCode === 13 || rateCode === 14 ? 16 : 0);
    const headerEnd = reader.byte;
    if (reader.unsigned(8) !== flacCrc8(this.#bytes, start, headerEnd))
      throw new RangeError('The FLAC stream is damaged.');
    const channelCount = channelCode < FIRST_STEREO_CODE ? channelCode + 1 : 2;
    if (channelCount !== this.blocks.length || channelCode > LAST_STEREO_CODE) {
      throw new RangeError('The FLAC stream changes its channels.');
    }
    if (depth !== 0 && depth !== this.#bitDepth) throw new RangeError('The FLAC stream changes its bit depth.');
    for (let c = 0; c < channelCount; c++) {
      readFlacSubframe(reader, this.#bitDepth + (isSide(channelCode, c) ? 1 : 0), this.blocks[c]!, count);
    }
    reader.align();
    const frameEnd = reader.byte;
    if (reader.unsigned(16) !== flacCrc16(this.#bytes, start, frameEnd))
      throw new RangeError('The FLAC stream is damaged.');
    if (channelCode >= FIRST_STEREO_CODE) decorrelate(channelCode, this.blocks[0]!, this.blocks[1]!, count);
    return count;
  }

  /** The frame's number, coded like UTF-8, is not needed: frames are read in order. */
  #skipNumber(): void {
    const first = this.#reader.unsigned(8);
    const length = first < 0x80 ? 1 : Math.clz32(~(first << 24));
    for (let i = 1; i < length; i++) this.#reader.unsigned(8);
  }

  #blockSize(code: number): Samples {
    if (code === 0) throw new RangeError('The FLAC stream is damaged.');
    if (code === 1) return 192;
    if (code <= 5) return 144 << code;
    if (code === 6) return this.#reader.unsigned(8) + 1;
    if (code === 7) return this.#reader.unsigned(16) + 1;
    return 1 << code;
  }
}

/** Stereo codes: 8 is left and side, 9 side and right, 10 mid and side. */
function isSide(channelCode: number, channel: number): boolean {
  return channelCode === 9 ? channel === 0 : channelCode >= FIRST_STEREO_CODE && channel === 1;
}

function decorrelate(channelCode: number, first: Float64Array, second: Float64Array, count: Samples): void {
  for (let i = 0; i < count; i++) {
    const a = first[i]!;
    const b = second[i]!;
    if (channelCode === 8) second[i] = a - b;
    else if (channelCode === 9) first[i] = a + b;
    else {
      const doubled = 2 * a + Math.abs(b % 2);
      first[i] = (doubled + b) / 2;
      second[i] = (doubled - b) / 2;
    }
  }
}
