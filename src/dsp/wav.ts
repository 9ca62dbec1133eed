import type { Hz } from '../units.ts';
import { decodeSamples, requireSampleFormat, type SampleFormat } from './wav-samples.ts';

const HEADER_BYTES = 44;
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;
const EXTENSIBLE_BYTES = 40;
const TAG_EXTENSIBLE = 0xfffe;
/** What writers put where a length is not known yet. */
const UNKNOWN_LENGTH = 0xffff_ffff;
const MAX_CHANNELS = 256;
/** Bytes 2..15 of the sub-format of WAVE_FORMAT_EXTENSIBLE when its bytes 0..1 are a plain format tag. */
const SUBFORMAT_TAIL: readonly number[] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/** The audio of a WAV file. */
export interface WavAudio {
  readonly rateHz: Hz;
  readonly channelCount: number;
  /** One array a channel, equally long; integer formats in [-1, 1), float formats as they are in the file. */
  readonly channels: Float32Array[];
}

/**
 * A mono 16-bit PCM WAV file.
 *
 * @param pcm16 Samples; read only, copied.
 * @param rateHz Whole number above 0.
 * @returns The file's bytes, owned by the caller.
 * @throws RangeError for a rate that is not a whole number above 0.
 * Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991, WAVE.
 */
export function encodeWavPcm16(pcm16: Int16Array, rateHz: Hz): Uint8Array<ArrayBuffer> {
  if (!(Number.isInteger(rateHz) && rateHz > 0 && rateHz <= 0x7fff_ffff)) {
    throw new RangeError(`A WAV file needs a whole rate above 0 Hz, got ${rateHz}`);
  }
  const bytes = new Uint8Array(HEADER_BYTES + pcm16.length * 2);
  const view = new DataView(bytes.buffer);
  writeName(view, 0, 'RIFF');
  view.setUint32(4, bytes.length - CHUNK_HEADER_BYTES, true);
  writeName(view, 8, 'WAVE');
  writeName(view, 12, 'fmt ');
  view.setUint32(16, FORMAT_BYTES, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  writeName(view, 36, 'data');
  view.setUint32(40, pcm16.length * 2, true);
  for (let i = 0; i < pcm16.length; i++) view.setInt16(HEADER_BYTES + 2 * i, pcm16[i]!, true);
  return bytes;
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits, floats of 32 or 64, also as WAVE_FORMAT_EXTENSIBLE.
 *
 * Unknown chunks are passed over. A data chunk that claims more than there is gives what is there; one of length 0xFFFFFFFF, or 0 in
 * a file whose own length was never filled in, is read to the end (streamed files).
 *
 * @param bytes The whole file; read only.
 * @throws TypeError when this is no WAV file or holds a format not listed above; RangeError when a field has an impossible value or
 *   a part is missing. The message names the field and its byte offset.
 */
export function parseWav(bytes: Uint8Array): WavAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  requireRiff(view);
  let format: SampleFormat | undefined;
  let data: { readonly start: number; readonly end: number } | undefined;
  let at = RIFF_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= view.byteLength && !(format && data)) {
    const name = readName(view, at);
    const byteCount = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    const isStreamed = name === 'data' && isLengthUnknown(view, byteCount);
    const end = isStreamed ? view.byteLength : Math.min(start + byteCount, view.byteLength);
    if (name === 'fmt ' && !format) format = readFormat(view, start, end);
    if (name === 'data' && !data) data = { start, end };
    // Chunks are padded to an even length.
    at = end + (byteCount & 1);
  }
  if (!format) throw new RangeError(`WAV file without a 'fmt ' chunk before byte ${view.byteLength}, its end`);
  if (!data) throw new RangeError(`WAV file without a 'data' chunk before byte ${view.byteLength}, its end`);
  return {
    rateHz: format.rateHz,
    channelCount: format.channelCount,
    channels: decodeSamples(view, data.start, data.end, format),
  };
}

function requireRiff(view: DataView): void {
  if (view.byteLength < RIFF_HEADER_BYTES) {
    throw new TypeError(
      `Not a WAV file: ${view.byteLength} bytes are fewer than the ${RIFF_HEADER_BYTES} of its header`,
    );
  }
  const container = readName(view, 0);
  if (container === 'RIFX' || container === 'RF64' || container === 'BW64') {
    throw new TypeError(`WAV variant '${container}' at byte 0 is not supported: convert the file to plain RIFF`);
  }
  if (container !== 'RIFF') throw new TypeError(`Not a WAV file: expected 'RIFF' at byte 0, found '${container}'`);
  const form = readName(view, 8);
  if (form !== 'WAVE') throw new TypeError(`Not a WAV file: expected 'WAVE' at byte 8, found '${form}'`);
}

function isLengthUnknown(view: DataView, byteCount: number): boolean {
  if (byteCount === UNKNOWN_LENGTH) return true;
  // An empty data chunk is honest when the writer came back to fill in the length of the whole file.
  const riffBytes = view.getUint32(4, true) + CHUNK_HEADER_BYTES;
  return byteCount === 0 && Math.abs(riffBytes - view.byteLength) > 1;
}

function readFormat(view: DataView, start: number, end: number): SampleFormat {
  if (end - start < FORMAT_BYTES) {
    throw new RangeError(`WAV 'fmt ' chunk at byte ${start} has ${end - start} bytes, needs ${FORMAT_BYTES}`);
  }
  const channelCount = view.getUint16(start + 2, true);
  const rateHz = view.getUint32(start + 4, true);
  const blockBytes = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  if (channelCount < 1 || channelCount > MAX_CHANNELS) {
    throw new RangeError(`WAV channel count at byte ${start + 2} must lie in 1..${MAX_CHANNELS}, got ${channelCount}`);
  }
  if (rateHz === 0) throw new RangeError(`WAV sample rate at byte ${start + 4} is 0 Hz`);
  const encoding = requireSampleFormat(readTag(view, start, end), bits, start);
  if (blockBytes !== (channelCount * bits) / 8) {
    throw new RangeError(
      `WAV block size at byte ${start + 12} must be ${(channelCount * bits) / 8} bytes for ${channelCount} x ${bits} bits, got ${blockBytes}`,
    );
  }
  return { channelCount, rateHz, bytesPerSample: bits / 8, encoding };
}

function readTag(view: DataView, start: number, end: number): number {
  const tag = view.getUint16(start, true);
  if (tag !== TAG_EXTENSIBLE) return tag;
  if (end - start < EXTENSIBLE_BYTES) {
    throw new RangeError(
      `WAV extensible 'fmt ' chunk at byte ${start} has ${end - start} bytes, needs ${EXTENSIBLE_BYTES}`,
    );
  }
  const subformat = start + 24;
  for (let i = 0; i < SUBFORMAT_TAIL.length; i++) {
    if (view.getUint8(subformat + 2 + i) !== SUBFORMAT_TAIL[i]) {
      throw new TypeError(`WAV sub-format at byte ${subformat} is not PCM or float`);
    }
  }
  return view.getUint16(subformat, true);
}

function readName(view: DataView, at: number): string {
  let name = '';
  for (let i = at; i < at + 4; i++) {
    const code = view.getUint8(i);
    name += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return name;
}

function writeName(view: DataView, at: number, name: string): void {
  for (let i = 0; i < name.length; i++) view.setUint8(at + i, name.charCodeAt(i));
}
