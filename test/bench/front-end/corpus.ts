import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAudioFile } from '../../../src/cli/audio-file.ts';
import { parseFlac } from '../../../src/dsp/flac.ts';
import type { Dbfs, Hz, Lufs, Seconds } from '../../../src/units.ts';

/** Start and end in seconds. */
export type Stretch = readonly [start: Seconds, end: Seconds];

/** What a loudness meter must read. */
export interface ExpectedReading {
  readonly I?: number | string | null;
  readonly TP?: number;
  readonly tol?: number;
  readonly tol_plus?: number;
  readonly tol_minus?: number;
}

/** One recording and all that is known of it. */
export interface CorpusClip {
  /** Path in the corpus. */
  readonly name: string;
  readonly set: string;
  readonly rateHz: Hz;
  readonly channelCount: number;
  readonly seconds: Seconds;
  readonly transcript: string | undefined;
  readonly gender: string | undefined;
  readonly lufs: Lufs | undefined;
  readonly rmsDbfs: Dbfs | undefined;
  /** 5th percentile of 30 ms frames. */
  readonly floorDbfs: Dbfs | undefined;
  /** Machine word timings, each word's stretch in order. */
  readonly words: readonly Stretch[] | undefined;
  /** Where people, or the meeting's turns, say that speech is. */
  readonly speech: readonly Stretch[] | undefined;
  readonly expected: ExpectedReading | undefined;
}

interface ManifestLine {
  readonly path: string;
  readonly set: string;
  readonly sample_rate: number;
  readonly channels: number;
  readonly seconds: number;
  readonly transcript?: string | null;
  readonly gender?: string;
  readonly lufs?: number;
  readonly rms_dbfs?: number;
  readonly floor_dbfs?: number;
  readonly words?: string;
  readonly label?: string;
  readonly expected?: ExpectedReading;
}

/** A folder of recordings with a manifest. */
export class Corpus {
  readonly folder: string;
  readonly clips: readonly CorpusClip[];

  /** @throws Error when the folder holds no manifest. */
  constructor(folder: string) {
    const manifest = join(folder, 'manifest.jsonl');
    if (!existsSync(manifest)) throw new Error(`${manifest}: not found; --audio names a folder with a manifest.jsonl.`);
    this.folder = folder;
    this.clips = readFileSync(manifest, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => this.#clip(JSON.parse(line)));
  }

  /** The clips of some sets, at most `limit` of each. */
  of(sets: readonly string[], limit: number): readonly CorpusClip[] {
    return sets.flatMap((set) => this.clips.filter((clip) => clip.set === set).slice(0, limit));
  }

  /** A clip mixed to mono at its own rate; the caller's. */
  async samples(clip: CorpusClip): Promise<Float32Array<ArrayBuffer>> {
    const { samples } = await readAudioFile(join(this.folder, clip.name));
    return new Float32Array(samples);
  }

  /** A clip's channels at its own rate. */
  channels(clip: CorpusClip): readonly Float32Array[] {
    return parseFlac(new Uint8Array(readFileSync(join(this.folder, clip.name)))).channels;
  }

  #clip(line: ManifestLine): CorpusClip {
    return {
      name: line.path,
      set: line.set,
      rateHz: line.sample_rate,
      channelCount: line.channels,
      seconds: line.seconds,
      transcript: line.transcript ?? undefined,
      gender: line.gender,
      lufs: line.lufs,
      rmsDbfs: line.rms_dbfs,
      floorDbfs: line.floor_dbfs,
      words: line.words === undefined ? undefined : this.#words(line.words),
      speech: line.label === undefined ? undefined : this.#json<{ speech: Stretch[] }>(line.label).speech,
      expected: line.expected,
    };
  }

  #words(path: string): readonly Stretch[] {
    const { words } = this.#json<{ words: [string, Seconds, Seconds][] }>(path);
    return words.map(([, start, end]) => [start, end] as const);
  }

  #json<T>(path: string): T {
    return JSON.parse(readFileSync(join(this.folder, path), 'utf8')) as T;
  }
}

/** Sets whose noises hold voices: they trigger rightly. */
const VOICED_NOISES: readonly string[] = ['babble', 'coffee_shop', 'miaowing', 'music_song'];

/** The noises in which nobody speaks or sings. */
export function voicelessNoises(corpus: Corpus): readonly CorpusClip[] {
  return corpus.clips.filter(
    ({ set, name }) => set === 'noise' && !VOICED_NOISES.some((voiced) => name.includes(`/${voiced}`)),
  );
}
