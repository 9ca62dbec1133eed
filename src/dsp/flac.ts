import type { Hz, Samples } from '../units.ts';
import { FlacFrameReader } from './flac-frame.ts';

const STREAM_INFO_START = 8;
const STREAM_INFO_BYTES = 34;
/** Shortest frame: header, one constant subframe of few bits, check sum. Fewer bytes than this are no frame. */
const MIN_FRAME_BYTES = 10;
/** Samples of a channel before arrays are made: what a header claims is not believed before it is decoded. */
const FIRST_CAPACITY: Samples = 1 << 20;

/** The header of a FLAC file. */
export interface FlacInfo {
  readonly rateHz: Hz;
  readonly channelCount: number;
  /** Bits of a sample. */
  readonly bitDepth: number;
  /** Samples of each channel; 0 when the encoder did not know. */
  readonly sampleCount: Samples;
}

/** The audio of a FLAC file. */
export interface FlacAudio extends FlacInfo {
  /** One array a channel, equally long, in [-1, 1): a sample of n bits over 2^(n - 1). */
  readonly channels: Float32Array[];
}

/**
 * Reads the header that every FLAC file begins with.
 *
 * @throws RangeError for bytes that are no FLAC file.
 * Source: RFC 9639, sections 6 and 8.2.
 */
export function parseFlacInfo(bytes: Uint8Array): FlacInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0) !== 0x664c_6143)
    throw new RangeError('Not a FLAC file: no fLaC at its start.');
  if (bytes.length < STREAM_INFO_START + STREAM_INFO_BYTES || (view.getUint8(4) & 0x7f) !== 0) {
    throw new RangeError('The FLAC header is damaged or cut short.');
  }
  const high = view.getUint32(STREAM_INFO_START + 10);
  const info: FlacInfo = {
    rateHz: high >>> 12,
    channelCount: ((high >>> 9) & 7) + 1,
    bitDepth: ((high >>> 4) & 31) + 1,
    sampleCount: (high & 15) * 2 ** 32 + view.getUint32(STREAM_INFO_START + 14),
  };
  if (info.rateHz === 0 || info.bitDepth < 4) throw new RangeError('The FLAC header is damaged.');
  return info;
}

function firstFrame(bytes: Uint8Array): number {
  let at = 4;
  for (;;) {
    if (at + 4 > bytes.length) throw new RangeError('The FLAC stream is cut short.');
    const isLast = (bytes[at]! & 0x80) !== 0;
    at += 4 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (isLast) return at;
  }
}

function grown(samples: Float32Array, capacity: Samples): Float32Array {
  const larger = new Float32Array(capacity);
  larger.set(samples);
  return larger;
}

/**
 * Decodes a whole FLAC file of any rate, depth and channel count, checking every frame's sums.
 *
 * @param bytes Read only, not kept.
 * @param maxSampleCount Most samples of a channel: a few bytes of FLAC can unfold into hours of silence.
 * @returns Arrays owned by the caller.
 * @throws RangeError for a file that is damaged, cut short or longer than `maxSampleCount`.
 * Source: RFC 9639.
 */
export function parseFlac(bytes: Uint8Array, maxSampleCount: Samples = 2 ** 30): FlacAudio {
  const info = parseFlacInfo(bytes);
  const { channelCount, bitDepth, sampleCount } = info;
  if (sampleCount > maxSampleCount) throw tooLong(maxSampleCount);
  const frames = new FlacFrameReader(bytes, channelCount, bitDepth);
  const scale = 2 ** (1 - bitDepth);
  let capacity = Math.min(sampleCount || FIRST_CAPACITY, FIRST_CAPACITY);
  let channels: Float32Array[] = Array.from({ length: channelCount }, () => new Float32Array(capacity));
  let filled = 0;
  let at = firstFrame(bytes);
  // Where the count is known, what follows the last frame (a tag) is not looked at.
  while (sampleCount === 0 ? at + MIN_FRAME_BYTES <= bytes.length : filled < sampleCount) {
    if (at >= bytes.length) throw cutShort(filled, sampleCount);
    const count = frames.read(at);
    at = frames.byte;
    if (filled + count > maxSampleCount) throw tooLong(maxSampleCount);
    if (filled + count > capacity) {
      capacity = Math.max(filled + count, 2 * capacity);
      channels = channels.map((channel) => grown(channel, capacity));
    }
    for (let c = 0; c < channelCount; c++) {
      const block = frames.blocks[c]!;
      const channel = channels[c]!;
      for (let i = 0; i < count; i++) channel[filled + i] = block[i]! * scale;
    }
    filled += count;
  }
  return { ...info, sampleCount: filled, channels: channels.map((channel) => channel.subarray(0, filled)) };
}

function tooLong(maxSampleCount: Samples): RangeError {
  return new RangeError(`The FLAC file holds more than ${maxSampleCount} samples.`);
}

function cutShort(filled: Samples, sampleCount: Samples): RangeError {
  return new RangeError(`The FLAC stream is cut short: ${filled} of ${sampleCount} samples are there.`);
}
