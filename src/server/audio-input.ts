import { parseFlac, parseFlacInfo } from '../dsp/flac.ts';
import { mixToMono } from '../dsp/mix.ts';
import { Resampler } from '../dsp/resampler.ts';
import { parseWav } from '../dsp/wav.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { type Hz, samplesToSeconds } from '../units.ts';
import { READABLE_FORMATS, sniffAudioFormat } from './audio-format.ts';
import { type DecodedAudio, MAX_AUDIO_SECONDS, refusedFile, refuseLongAudio } from './audio-limits.ts';
import type { CompressedDecoder } from './decode-thread.ts';

/** Rates that the resampler takes. */
const RATE_RANGE_HZ: readonly [Hz, Hz] = [8_000, 192_000];

/** Decoded audio of one request. */
export interface AudioInput {
  /** Mono, finite, nominally in [-1, 1]; owned by the receiver. */
  readonly samples: Float32Array;
  readonly rateHz: Hz;
}

/**
 * Reads an audio file, its format told by its first bytes, and mixes it to mono at its own rate.
 *
 * @param bytes The whole file. A compressed one is transferred away: its buffer is empty afterwards.
 * @throws RefusedRequest 400 with `param: 'file'`, which says what is wrong with it; the signal's reason.
 */
export async function readAudio(
  bytes: Uint8Array<ArrayBuffer>,
  decoder: CompressedDecoder,
  signal: AbortSignal,
): Promise<AudioInput> {
  if (bytes.length === 0) throw refusedFile('The audio file is empty.', 'empty_file');
  const decoded = await decode(bytes, decoder, signal);
  const [lowHz, highHz] = RATE_RANGE_HZ;
  if (!(decoded.rateHz >= lowHz && decoded.rateHz <= highHz)) {
    throw refusedFile(`The audio's sample rate is ${decoded.rateHz} Hz; send ${lowHz} to ${highHz} Hz.`);
  }
  const sampleCount = decoded.channels[0]?.length ?? 0;
  if (sampleCount === 0) throw refusedFile('The audio file holds no samples.', 'empty_file');
  refuseLongAudio(samplesToSeconds(sampleCount, decoded.rateHz));
  const samples = new Float32Array(sampleCount);
  mixToMono(decoded.channels, samples);
  // Float files may hold NaN or infinities; the front end counts them as 0 too.
  for (let i = 0; i < sampleCount; i++) if (!Number.isFinite(samples[i])) samples[i] = 0;
  return { samples, rateHz: decoded.rateHz };
}

/** Audio at the recogniser's 16 kHz; the same samples when they are already. */
export function toRecogniserRate(audio: AudioInput): Float32Array {
  if (audio.rateHz === SEGMENT_RATE_HZ) return audio.samples;
  const resampler = new Resampler(audio.rateHz, SEGMENT_RATE_HZ);
  const output = new Float32Array(resampler.maxOutputFor(audio.samples.length) + resampler.maxFlushOutput);
  const pushedCount = resampler.push(audio.samples, output);
  const flushedCount = resampler.flush(output.subarray(pushedCount));
  return output.subarray(0, pushedCount + flushedCount);
}

async function decode(
  bytes: Uint8Array<ArrayBuffer>,
  decoder: CompressedDecoder,
  signal: AbortSignal,
): Promise<DecodedAudio> {
  const sniffed = sniffAudioFormat(bytes);
  if (!('format' in sniffed)) {
    const what = 'foreign' in sniffed ? `${sniffed.foreign}, which this server does not read` : 'no known audio format';
    throw refusedFile(`The file is ${what}. Send ${READABLE_FORMATS}.`, 'unsupported_format');
  }
  const { format } = sniffed;
  if (format === 'flac') return reading('FLAC', () => decodeFlac(bytes));
  if (format === 'wav') return reading('WAV', () => parseWav(bytes));
  return await decoder.decode(bytes, format, signal);
}

/** Decodes no further than the longest audio taken: a small file can unfold into hours of silence. */
function decodeFlac(bytes: Uint8Array): DecodedAudio {
  const { rateHz, sampleCount } = parseFlacInfo(bytes);
  refuseLongAudio(samplesToSeconds(sampleCount, rateHz));
  return parseFlac(bytes, MAX_AUDIO_SECONDS * rateHz);
}

/** A parser's complaint about a file is a refusal of it. */
function reading(format: string, parse: () => DecodedAudio): DecodedAudio {
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof RangeError || thrown instanceof TypeError)) throw thrown;
    throw refusedFile(`The ${format} file cannot be read: ${thrown.message}`);
  }
}
