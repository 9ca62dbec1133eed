import { encodeWavPcm16 } from '../dsp/wav.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';

const HEADER_BYTES = encodeWavPcm16(new Int16Array(), SEGMENT_RATE_HZ).length;

/**
 * The samples of a WAV file that {@link encodeWavPcm16} wrote at the segments' rate.
 *
 * @returns Undefined for any other file, or a damaged one.
 */
export function readStoredWav(wav: Uint8Array): Int16Array<ArrayBuffer> | undefined {
  const sampleCount = (wav.length - HEADER_BYTES) / 2;
  if (!Number.isInteger(sampleCount) || sampleCount < 0) return undefined;
  const pcm16 = new Int16Array(sampleCount);
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  for (let i = 0; i < sampleCount; i++) pcm16[i] = view.getInt16(HEADER_BYTES + 2 * i, true);
  const header = encodeWavPcm16(pcm16, SEGMENT_RATE_HZ).subarray(0, HEADER_BYTES);
  return header.every((byte, index) => byte === wav[index]) ? pcm16 : undefined;
}
