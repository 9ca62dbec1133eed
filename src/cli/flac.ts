import type { Hz, Samples } from '../units.ts';

/** A decoded FLAC stream: one Float32Array in [-1, 1] for each channel, of equal length. */
export interface DecodedFlac {
  readonly rateHz: Hz;
  readonly channels: readonly Float32Array[];
}

interface StreamInfo {
  readonly rateHz: Hz;
  readonly channelCount: number;
  readonly bitDepth: number;
  /** 0 when the encoder did not know it. */
  readonly sampleCount: Samples;
}

const STREAM_INFO_TYPE = 0;
const STREAM_INFO_BYTES = 34;

/**
 * The header that every FLAC file begins with.
 *
 * Source: RFC 9639, section 8.2.
 */
function parseStreamInfo(bytes: Uint8Array): StreamInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 + STREAM_INFO_BYTES || (view.getUint8(4) & 0x7f) !== STREAM_INFO_TYPE) {
    throw new Error('the FLAC header is damaged');
  }
  const packed = view.getBigUint64(8 + 10);
  return {
    rateHz: Number(packed >> 44n),
    channelCount: Number((packed >> 41n) & 7n) + 1,
    bitDepth: Number((packed >> 36n) & 31n) + 1,
    sampleCount: Number(packed & 0xf_ffff_ffffn),
  };
}

/**
 * Brings the decoder's samples, whole steps over 2^(bits - 1) - 1, to full scale at 2^(bits - 1) as everywhere else, in
 * place: 16-bit audio passes bit for bit, and the lowest step is -1.
 */
function rescale(samples: Float32Array, bitDepth: number): Float32Array {
  const fullScale = 2 ** (bitDepth - 1);
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i]! * (fullScale - 1)) / fullScale;
  return samples;
}

/**
 * Decodes a whole FLAC file of any rate and channel count.
 *
 * @param bytes A native FLAC stream (`fLaC`); read only, not kept.
 * @throws Error in a few words when the stream is damaged or cut short.
 */
export async function decodeFlac(bytes: Uint8Array): Promise<DecodedFlac> {
  const info = parseStreamInfo(bytes);
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    const decoded = await decoder.decodeFile(bytes);
    const fault = decoded.errors[0];
    if (fault !== undefined) throw new Error(`the FLAC stream is damaged in frame ${fault.frameNumber}`);
    if (info.sampleCount > 0 && decoded.samplesDecoded !== info.sampleCount) {
      throw new Error(
        `the FLAC stream is damaged or cut short: ${decoded.samplesDecoded} of ${info.sampleCount} samples are there`,
      );
    }
    return {
      rateHz: info.rateHz,
      channels: decoded.channelData.map((channel) =>
        rescale(channel.subarray(0, decoded.samplesDecoded), info.bitDepth),
      ),
    };
  } finally {
    decoder.free();
  }
}
