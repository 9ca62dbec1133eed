import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { samplesToSeconds } from '../units.ts';
import { type DecodedAudio, refusedFile, refuseLongAudio } from './audio-limits.ts';

/** Bytes decoded at a time: a frame of pure silence takes a dozen bytes for 65,535 samples, so the pieces stay small. */
const PIECE_BYTES = 4096;

/**
 * Decodes a FLAC file piece by piece, so that a small file that unfolds into hours of silence is refused in time.
 *
 * @param bytes Begins with "fLaC"; read only.
 * @throws RefusedRequest 400 for a file that is broken, cut short or too long.
 */
export async function decodeFlac(bytes: Uint8Array): Promise<DecodedAudio> {
  const stated = readStreamInfo(bytes);
  refuseLongAudio(samplesToSeconds(stated.sampleCount, stated.rateHz));
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    const pieces: Float32Array[][] = [];
    let sampleCount = 0;
    const keep = (decoded: { channelData: Float32Array[]; samplesDecoded: number }): void => {
      if (decoded.samplesDecoded === 0) return;
      sampleCount += decoded.samplesDecoded;
      refuseLongAudio(samplesToSeconds(sampleCount, stated.rateHz));
      pieces.push(decoded.channelData);
    };
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      keep(await decoder.decode(bytes.subarray(at, at + PIECE_BYTES)));
    keep(await decoder.flush());
    if (sampleCount === 0) throw refusedFile('The FLAC file holds no audio that can be decoded.');
    if (sampleCount < stated.sampleCount) {
      throw refusedFile(
        `The FLAC file is broken or cut short: ${sampleCount} of its ${stated.sampleCount} samples can be decoded.`,
      );
    }
    return { rateHz: stated.rateHz, channels: joinPieces(pieces, sampleCount) };
  } finally {
    decoder.free();
  }
}

/** Source: RFC 9639, section 8.2 (STREAMINFO). A sample count of 0 means that it is not stated. */
function readStreamInfo(bytes: Uint8Array): { readonly rateHz: number; readonly sampleCount: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 42 || (view.getUint8(4) & 0x7f) !== 0) {
    throw refusedFile('The FLAC file cannot be read: it does not begin with its stream information.');
  }
  const rateHz = view.getUint32(18) >>> 12;
  if (rateHz === 0) throw refusedFile('The FLAC file cannot be read: its sample rate is 0.');
  return { rateHz, sampleCount: (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22) };
}

function joinPieces(pieces: readonly Float32Array[][], sampleCount: number): Float32Array[] {
  const channelCount = pieces[0]?.length ?? 0;
  return Array.from({ length: channelCount }, (_, channel) => {
    const joined = new Float32Array(sampleCount);
    let at = 0;
    for (const piece of pieces) {
      const samples = piece[channel];
      if (samples === undefined) throw refusedFile('The FLAC file changes its number of channels midway.');
      joined.set(samples, at);
      at += samples.length;
    }
    return joined;
  });
}
