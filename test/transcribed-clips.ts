import { readFile } from 'node:fs/promises';
import { FLACDecoder } from '@wasm-audio-decoders/flac';

/** A recording of test/fixtures/audio at 16 kHz, with what was said in it. */
export interface TranscribedClip {
  readonly name: string;
  readonly transcript: string;
  readonly samples: Float32Array;
}

interface ManifestLine {
  readonly path: string;
  readonly set: string;
  readonly sample_rate: number;
  readonly transcript: string | null;
}

const AUDIO = new URL('fixtures/audio/', import.meta.url);

/** Single letters and digits: known as the recogniser's weak side, hence no measure of it. */
const SINGLE_SYMBOL_SETS: readonly string[] = ['speech-commands', 'letters-digits'];

/** Zeros enough for the decoder's frame search to find its way at the end of a file. */
const FRAME_SEARCH_BYTES = 32;

/** All recordings of whole phrases and sentences at 16 kHz. */
export async function transcribedClips(): Promise<TranscribedClip[]> {
  const lines = (await readFile(new URL('manifest.jsonl', AUDIO), 'utf8')).split('\n').filter((line) => line !== '');
  const clips: TranscribedClip[] = [];
  for (const line of lines) {
    const { path, set, sample_rate, transcript }: ManifestLine = JSON.parse(line);
    if (sample_rate !== 16_000 || transcript === null || SINGLE_SYMBOL_SETS.includes(set)) continue;
    clips.push({ name: path, transcript, samples: await recording(path) });
  }
  return clips;
}

/** The samples of one mono file of test/fixtures/audio at the file's own rate, [-1, 1]. */
export async function recording(path: string): Promise<Float32Array> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  const file = await readFile(new URL(path, AUDIO));
  // The decoder swallows the last frame of a file that ends in digital silence, unless more bytes follow.
  const { channelData } = await decoder.decodeFile(Buffer.concat([file, new Uint8Array(FRAME_SEARCH_BYTES)]));
  decoder.free();
  const samples = channelData[0];
  if (!samples || samples.length === 0) throw new Error(`test/fixtures/audio/${path}: nothing decoded`);
  return samples;
}
