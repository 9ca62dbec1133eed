import { dbToAmplitude, type Seconds } from '../../../src/units.ts';
import type { SpeechScorer } from '../../../src/vad/speech-scorer.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { type Audio, noisy, requantised, rmsDbfs } from './copies.ts';
import { type CorpusClip, type Stretch, voicelessNoises } from './corpus.ts';
import { hear } from './hearing.ts';
import { type KernelWeights, kernelScorer } from './scorers.ts';
import { ratioInterval } from './statistics.ts';
import { atMost, type Bar, between, fixed, percent, type Table } from './table.ts';

const LEVELS_DBFS = [-60, -45, -30, -20];
const BAR_PER_TEN_MINUTES = 1;
const FEWEST_MINUTES = 30;
const SNR_DB = 5;
const SPEECH_SETS = ['coffee-orders', 'librispeech-test-other'];

interface Noise {
  readonly clip: CorpusClip;
  readonly samples: Audio;
}

/** Triggers of one noise at one level. */
interface Trial {
  readonly name: string;
  readonly levelDbfs: number;
  readonly triggers: number;
  readonly minutes: number;
}

/** Triggers of every noise at every level. */
export function trialsOf(noises: readonly Noise[], scorer: SpeechScorer, progress: (text: string) => void): Trial[] {
  return noises.flatMap(({ clip, samples }) =>
    LEVELS_DBFS.map((levelDbfs) => {
      progress(`${clip.name} at ${levelDbfs} dBFS`);
      const factor = dbToAmplitude(levelDbfs - rmsDbfs(samples));
      const played = requantised(samples.map((x) => x * factor));
      return {
        name: clip.name.replace('.flac', ''),
        levelDbfs,
        triggers: hear(played, clip.rateHz, scorer).segments.length,
        minutes: samples.length / clip.rateHz / 60,
      };
    }),
  );
}

/** The noises without voices, read. */
export async function readNoises({ corpus }: BenchContext): Promise<readonly Noise[]> {
  return Promise.all(voicelessNoises(corpus).map(async (clip) => ({ clip, samples: await corpus.samples(clip) })));
}

/** Seconds of the words that no segment holds, and of all words. */
export function missedSeconds(words: readonly Stretch[], segments: readonly Stretch[]): readonly [Seconds, Seconds] {
  let missed = 0;
  let all = 0;
  for (const [start, end] of words) {
    const held = segments.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
    all += end - start;
    missed += end - start - held;
  }
  return [missed, all];
}

interface Missed {
  readonly missed: number[];
  readonly all: number[];
  clipsWithout: number;
}

async function missedSpeech(
  { corpus, limit, progress }: BenchContext,
  set: string,
  scorer: SpeechScorer,
  noises: readonly Noise[] | undefined,
): Promise<Missed> {
  const result: Missed = { missed: [], all: [], clipsWithout: 0 };
  const long = noises?.filter(({ clip }) => clip.seconds >= 5);
  for (const [i, clip] of corpus.of([set], limit).entries()) {
    if (clip.words === undefined) continue;
    progress(`${set}${noises === undefined ? '' : ` at ${SNR_DB} dB SNR`}: ${clip.name}`);
    const recorded = await corpus.samples(clip);
    const noise = long?.[i % long.length];
    const samples =
      noise === undefined
        ? recorded
        : noisy(recorded, clip.rateHz, noise.samples, SNR_DB, (i * 7_919) % noise.samples.length);
    const { segments } = hear(samples, clip.rateHz, scorer);
    const [missed, all] = missedSeconds(clip.words, segments);
    result.missed.push(missed);
    result.all.push(all);
    if (segments.length === 0) result.clipsWithout++;
  }
  return result;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function levelRows(weights: KernelWeights, trials: readonly Trial[]): string[][] {
  return [...LEVELS_DBFS.map((level) => [level]), LEVELS_DBFS].map((levels) => {
    const some = trials.filter(({ levelDbfs }) => levels.includes(levelDbfs));
    const worst = some.toSorted((a, b) => b.triggers - a.triggers)[0];
    const triggers = sum(some.map((trial) => trial.triggers));
    const minutes = sum(some.map((trial) => trial.minutes));
    const names = [...new Set(some.map(({ name }) => name))];
    const perNoise = (figure: (trial: Trial) => number) =>
      names.map((name) => sum(some.filter((trial) => trial.name === name).map(figure)));
    const interval = ratioInterval(
      perNoise((trial) => trial.triggers * 10),
      perNoise((trial) => trial.minutes),
    );
    return [
      `kernel ${weights}`,
      levels.length === 1 ? `${levels[0]} dBFS` : 'all levels',
      `${names.length} noises, ${fixed(minutes, 1)} min`,
      `${triggers}`,
      fixed((triggers * 10) / minutes, 2),
      between(interval, 2),
      worst === undefined || worst.triggers === 0
        ? 'none'
        : `${worst.name} at ${worst.levelDbfs} dBFS: ${worst.triggers} in ${fixed(worst.minutes * 60, 0)} s`,
    ];
  });
}

async function run(context: BenchContext): Promise<Table> {
  const noises = await readNoises(context);
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const figures: Record<string, number> = {};
  for (const weights of ['fp16', 'int8'] as const) {
    const scorer = kernelScorer(weights);
    const trials = trialsOf(noises, scorer, context.progress);
    rows.push(...levelRows(weights, trials));
    const minutes = sum(trials.map((trial) => trial.minutes));
    const rate = (sum(trials.map((trial) => trial.triggers)) * 10) / minutes;
    figures[`${weights} triggers per 10 minutes`] = rate;
    figures[`${weights} minutes`] = minutes;
    if (weights === 'fp16') {
      bars.push(
        atMost(
          'false triggers per 10 minutes of noise without voices, all four levels',
          rate,
          BAR_PER_TEN_MINUTES,
          '',
          2,
          `${fixed(minutes, 1)} min`,
        ),
      );
    }
    for (const set of SPEECH_SETS) {
      for (const noise of [undefined, noises]) {
        const { missed, all, clipsWithout } = await missedSpeech(context, set, scorer, noise);
        const share = sum(missed) / sum(all);
        const condition = noise === undefined ? 'as recorded' : `${SNR_DB} dB SNR`;
        figures[`${weights} missed ${set} ${condition}`] = share;
        rows.push([
          `kernel ${weights}`,
          `missed speech: ${set}, ${condition}`,
          `${all.length} clips, ${fixed(sum(all) / 60, 1)} min of words`,
          `${clipsWithout} clips without a segment`,
          percent(share, 2),
          between(ratioInterval(missed, all), 2, 100),
          '',
        ]);
      }
    }
  }
  return {
    name: 'false-triggers',
    title: 'False triggers, and the deafness that would hide them',
    about: [
      `Noises without voices (not babble, coffee_shop, miaowing, music_song), each scaled to ${LEVELS_DBFS.join(', ')} dBFS RMS, saturated and rounded to 16 bit as a device would, each heard from a fresh start. A trigger is a segment that was sent. The bar asks for at least ${FEWEST_MINUTES} minutes. Intervals by noise.`,
      `Missed speech, at the same settings: the share of the words' time (machine alignment) that is in no segment, on the clips as recorded and with one of the noises ${SNR_DB} dB under the active speech level (P.56), noises taken in turn.`,
    ],
    columns: ['scorer', 'input', 'n', 'triggers', 'per 10 min, or missed', '95 %', 'worst'],
    rows,
    bars,
    plots: [],
    figures,
  };
}

/** Segments sent for noise, and speech missed at the same settings. */
export const falseTriggersBenchmark: Benchmark = { name: 'false-triggers', run };
