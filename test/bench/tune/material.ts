import { Resampler } from '../../../src/dsp/resampler.ts';
import { dbToAmplitude, type Hz } from '../../../src/units.ts';
import type { BenchContext } from '../front-end/benchmark.ts';
import {
  type Audio,
  atLevel,
  joined,
  noisy,
  RoomTone,
  requantised,
  rmsDbfs,
  roomLevelDbfs,
} from '../front-end/copies.ts';
import type { CorpusClip, Stretch } from '../front-end/corpus.ts';
import { readNoises } from '../front-end/false-triggers.ts';

const RATE_HZ = 16_000;
const PAD_SECONDS = 2.5;
const QUIET_DB = -50;
const SINGLE_WORD_PAUSE_SECONDS = 0.5;
const SNRS_DB = [5, 0];
const NOISE_LEVELS_DBFS = [-60, -45, -30, -20];

/** What a recording is there to show. */
export type Purpose =
  | 'order'
  | 'reading'
  | 'other words'
  | 'unpadded'
  | 'quiet'
  | 'noise'
  | 'noisy 5 dB'
  | 'noisy 0 dB'
  | 'single word';

/** One recording to tune on; never one of the hand-labelled sets, which judge. */
export interface TuningStream {
  readonly name: string;
  readonly purpose: Purpose;
  /** At 16 kHz. */
  readonly samples: Audio;
  /** Word timings; none for noise and single words. */
  readonly words: readonly Stretch[];
  /** For a quiet copy: the name of its plain clip. */
  readonly plain?: string;
}

function at16k(samples: Audio, rateHz: Hz): Audio {
  if (rateHz === RATE_HZ) return samples;
  const resampler = new Resampler(rateHz, RATE_HZ);
  const output = new Float32Array(resampler.maxOutputFor(samples.length) + resampler.maxFlushOutput);
  const pushed = resampler.push(samples, output);
  return output.subarray(0, pushed + resampler.flush(output.subarray(pushed)));
}

const SINGLE_WORD_SETS = ['letters-digits', 'speech-commands', 'short-phrases', 'wake-phrases', 'fsdd'];

function purposeOf(clip: CorpusClip): Purpose {
  if (clip.set === 'coffee-orders') return 'order';
  return clip.set === 'librispeech-test-other' ? 'reading' : 'other words';
}

/** Word timings, orders, single words and noise of the development corpus. */
export async function tuningMaterial(context: BenchContext): Promise<readonly TuningStream[]> {
  const { corpus, limit, progress } = context;
  const room = await RoomTone.of(corpus);
  const noises = await readNoises(context);
  const long = noises.filter(({ clip }) => clip.seconds >= 5);
  const streams: TuningStream[] = [];
  const timed = corpus.clips.filter(({ words }) => words !== undefined && words.length > 0);
  for (const set of new Set(timed.map((clip) => clip.set))) {
    const clips = timed.filter((clip) => clip.set === set).slice(0, limit);
    for (const [i, clip] of clips.entries()) {
      progress(`read ${clip.name}`);
      const recorded = at16k(await corpus.samples(clip), clip.rateHz);
      const purpose = purposeOf(clip);
      const words = clip.words!;
      const plain = `${clip.name} unpadded`;
      const padded = joined(recorded, room.stretch(PAD_SECONDS, RATE_HZ, roomLevelDbfs(clip)));
      streams.push(
        { name: clip.name, purpose, samples: padded, words },
        { name: plain, purpose: 'unpadded', samples: recorded, words },
        { name: `${clip.name} quiet`, purpose: 'quiet', samples: atLevel(recorded, QUIET_DB), words, plain },
      );
      if (purpose === 'other words') continue;
      const noise = long[i % long.length]!.samples;
      for (const snrDb of SNRS_DB) {
        const samples = noisy(recorded, RATE_HZ, noise, snrDb, (i * 7_919) % noise.length);
        const name = `${clip.name} ${snrDb} dB SNR`;
        streams.push({ name, purpose: snrDb === 0 ? 'noisy 0 dB' : 'noisy 5 dB', samples, words });
      }
    }
  }
  for (const clip of corpus.of(SINGLE_WORD_SETS, limit)) {
    // Some are cut right at the word; nobody speaks in the very moment of the press.
    const pause = room.stretch(SINGLE_WORD_PAUSE_SECONDS, RATE_HZ, roomLevelDbfs(clip));
    const samples = joined(pause, at16k(await corpus.samples(clip), clip.rateHz), pause);
    streams.push({ name: clip.name, purpose: 'single word', samples, words: [] });
  }
  for (const { clip, samples } of noises) {
    for (const levelDbfs of NOISE_LEVELS_DBFS) {
      const factor = dbToAmplitude(levelDbfs - rmsDbfs(samples));
      const played = requantised(samples.map((x) => x * factor));
      streams.push({ name: `${clip.name} ${levelDbfs} dBFS`, purpose: 'noise', samples: played, words: [] });
    }
  }
  return streams;
}
