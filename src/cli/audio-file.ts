import { parseFlac } from '../dsp/flac.ts';
import { mixToMono } from '../dsp/mix.ts';
import { parseWav } from '../dsp/wav.ts';
import { type Hz, type Seconds, samplesToSeconds } from '../units.ts';
import { CliError, oneLine } from './cli-error.ts';
import { FILE_KIND_NAMES, fileKind } from './file-kind.ts';
import { readInput } from './read-input.ts';

/** A recording, mixed to mono. */
export interface AudioFile {
  /** Mono, in [-1, 1], at the file's own rate; owned by the caller. */
  readonly samples: Float32Array;
  readonly rateHz: Hz;
  readonly seconds: Seconds;
}

/** Rates that the resampler takes. */
const RATE_RANGE_HZ: readonly [Hz, Hz] = [8_000, 192_000];

interface Channels {
  readonly rateHz: Hz;
  readonly channels: readonly Float32Array[];
}

function decode(path: string, bytes: Uint8Array<ArrayBuffer>): Channels {
  const kind = fileKind(bytes);
  if (kind !== 'wav' && kind !== 'flac') {
    const remedy = kind === 'text' ? 'name a recording' : 'convert it first, for example with ffmpeg';
    throw new CliError(`${path}: neither WAV nor FLAC: its content is ${FILE_KIND_NAMES[kind]}; ${remedy}.`);
  }
  try {
    return kind === 'wav' ? parseWav(bytes) : parseFlac(bytes);
  } catch (error) {
    throw new CliError(`${path}: ${oneLine(error).replace(/\.$/, '')}; make or copy the file again.`, undefined, {
      cause: error,
    });
  }
}

/**
 * Decodes the bytes of a WAV or FLAC file of any rate and channel count; the format is told by the content.
 *
 * @param path Named in messages.
 * @param bytes The whole file; read only.
 * @throws CliError when it is another kind of file, damaged, or without a sample.
 */
export function decodeAudioFile(path: string, bytes: Uint8Array<ArrayBuffer>): AudioFile {
  const { rateHz, channels } = decode(path, bytes);
  const first = channels[0];
  if (first === undefined || first.length === 0) {
    throw new CliError(`${path}: the recording holds no samples; give another one.`);
  }
  const [lowestHz, highestHz] = RATE_RANGE_HZ;
  if (rateHz < lowestHz || rateHz > highestHz) {
    throw new CliError(`${path}: the sample rate is ${rateHz} Hz; give a recording of ${lowestHz} to ${highestHz} Hz.`);
  }
  const samples = new Float32Array(first.length);
  mixToMono(channels, samples);
  return { samples, rateHz, seconds: samplesToSeconds(samples.length, rateHz) };
}

/**
 * Reads and decodes a WAV or FLAC file.
 *
 * @throws CliError when it cannot be read, is empty, another kind of file, damaged, or without a sample.
 */
export async function readAudioFile(path: string): Promise<AudioFile> {
  return decodeAudioFile(path, await readInput(path));
}
