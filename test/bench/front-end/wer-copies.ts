import { type Db, dbToAmplitude } from '../../../src/units.ts';
import { type Audio, atLevel, clipped, joined, noisy, RoomTone, reverberant, roomLevelDbfs } from './copies.ts';
import { type Corpus, type CorpusClip, voicelessNoises } from './corpus.ts';

/** One way to spoil a clip before it is recognised. */
export interface Copy {
  readonly name: string;
  /** @param index Of the clip in its set: noises and rooms are taken in turn. */
  readonly make: (samples: Audio, clip: CorpusClip, index: number) => Audio;
}

const PAD_SECONDS = 5;
const CLIPPED_SHARE = 0.02;
const SNRS_DB: readonly Db[] = [20, 10, 5, 0];
/** Shorter noises would sound as a beat. */
const SHORTEST_NOISE_SECONDS = 5;

/** The untouched clip. */
export const PLAIN = 'as recorded';
export const QUIET = '-50 dB';
/** The same, rounded to 16 bit again: a faint voice keeps a few steps of its wave. */
const QUIET_16_BIT = '-50 dB, 16 bit';
export const PADDED = `padded with ${PAD_SECONDS} s of room tone`;

/** Every copy, made of what the corpus holds; what it lacks is left out. */
export async function makeCopies(corpus: Corpus): Promise<readonly Copy[]> {
  const room = await RoomTone.of(corpus);
  const noises = await Promise.all(
    voicelessNoises(corpus)
      .filter(({ seconds, name }) => seconds >= SHORTEST_NOISE_SECONDS && !name.includes('room_tone'))
      .map((clip) => corpus.samples(clip)),
  );
  const responses = await Promise.all(
    corpus.clips.filter(({ set }) => set === 'rir').map((clip) => corpus.samples(clip)),
  );
  const pad = (clip: CorpusClip): Audio => room.stretch(PAD_SECONDS, clip.rateHz, roomLevelDbfs(clip));
  return [
    { name: PLAIN, make: (samples) => samples },
    { name: '-30 dB', make: (samples) => atLevel(samples, -30) },
    { name: QUIET, make: (samples) => samples.map((x) => x * dbToAmplitude(-50)) },
    { name: QUIET_16_BIT, make: (samples) => atLevel(samples, -50) },
    { name: PADDED, make: (samples, clip) => joined(pad(clip), samples, pad(clip)) },
    ...SNRS_DB.map((snrDb) => ({
      name: `noise at ${snrDb} dB SNR`,
      make: (samples: Audio, clip: CorpusClip, index: number) => {
        const noise = noises[index % noises.length]!;
        return noisy(samples, clip.rateHz, noise, snrDb, (index * 7_919) % noise.length);
      },
    })),
    ...(responses.length === 0
      ? []
      : [
          {
            name: 'in a reverberant room',
            make: (samples: Audio, _clip: CorpusClip, index: number) =>
              reverberant(samples, responses[index % responses.length]!),
          },
        ]),
    { name: `clipped (${CLIPPED_SHARE * 100} % of samples)`, make: (samples) => clipped(samples, CLIPPED_SHARE) },
  ];
}
