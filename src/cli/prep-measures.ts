import type { HeardSource } from './prep-ledger.ts';
import { type ClipRow, metricOf } from './prep-rows.ts';

/** Something that is measured on every clip, or on every recording, and shown as a distribution. */
export interface Measure {
  readonly key: string;
  readonly title: string;
  /** Empty for a bare number. */
  readonly unit: string;
  readonly decimals: number;
  /** What is counted. */
  readonly of: 'clips' | 'recordings';
  readonly explanation: string;
  /** True for a number of events, most often 0. */
  readonly isCount: boolean;
  /** Undefined where it cannot be told. */
  readonly read: (heard: HeardSource, clip: ClipRow) => number | undefined;
}

/** A measure of the clip alone, whatever it was cut from. */
export interface ClipMeasure extends Measure {
  readonly ofClip: (clip: ClipRow) => number | undefined;
}

function clipMeasure(
  measure: Omit<Measure, 'of' | 'isCount' | 'read'>,
  ofClip: (clip: ClipRow) => number | undefined,
): ClipMeasure {
  return { ...measure, of: 'clips', isCount: false, read: (_, clip) => ofClip(clip), ofClip };
}

function sourceMeasure(measure: Omit<Measure, 'of' | 'isCount' | 'read'>, of: (heard: HeardSource) => number) {
  return { ...measure, of: 'recordings', isCount: false, read: (heard: HeardSource) => of(heard) } as const;
}

/** Loudness of the clip as it is written: the gain is linear, so it adds. */
export function writtenLufs(clip: ClipRow): number | undefined {
  const [lufs, gainDb] = [metricOf(clip, 'loudnessLufs'), metricOf(clip, 'gainDb')];
  return lufs === undefined || gainDb === undefined ? undefined : lufs + gainDb;
}

/** Recorded time that no clip holds. */
export function removedSeconds({ source, clips }: HeardSource): number {
  return source.seconds - clips.reduce((sum, clip) => sum + clip.endSeconds - clip.startSeconds, 0);
}

/** All measures, in the order in which they are shown. Recordings without speech have none. */
export const MEASURES: readonly (Measure | ClipMeasure)[] = [
  clipMeasure(
    {
      key: 'clipLengthSeconds',
      title: 'Length of the clips',
      unit: 's',
      decimals: 2,
      explanation: 'Speech with the audio kept before it, the silence kept after it, and the padding zeros.',
    },
    (clip) => metricOf(clip, 'clipLengthSeconds'),
  ),
  sourceMeasure(
    {
      key: 'silenceBeforeSeconds',
      title: 'Silence removed before speech',
      unit: 's',
      decimals: 2,
      explanation: 'From the start of the recording to the start of its first clip.',
    },
    ({ clips }) => clips[0]!.startSeconds,
  ),
  sourceMeasure(
    {
      key: 'silenceAfterSeconds',
      title: 'Silence removed after speech',
      unit: 's',
      decimals: 2,
      explanation: 'From the end of the last clip to the end of the recording.',
    },
    ({ source, clips }) => Math.max(0, source.seconds - clips.at(-1)!.endSeconds),
  ),
  sourceMeasure(
    {
      key: 'removedPercent',
      title: 'Share of the recording removed',
      unit: '%',
      decimals: 1,
      explanation: 'Silence before, after and between the clips, of the length of the recording.',
    },
    (heard) => (100 * Math.max(0, removedSeconds(heard))) / heard.source.seconds,
  ),
  clipMeasure(
    {
      key: 'loudnessLufs',
      title: 'Loudness as recorded',
      unit: 'LUFS',
      decimals: 1,
      explanation: 'K-weighted, over the speech (ITU-R BS.1770-4).',
    },
    (clip) => metricOf(clip, 'loudnessLufs'),
  ),
  clipMeasure(
    {
      key: 'writtenLufs',
      title: 'Loudness as written',
      unit: 'LUFS',
      decimals: 1,
      explanation: 'After the one gain of each clip. What misses the target was held back by a limit of the contract.',
    },
    writtenLufs,
  ),
  clipMeasure(
    {
      key: 'gainDb',
      title: 'Gain',
      unit: 'dB',
      decimals: 1,
      explanation: 'One for the whole clip; nothing is compressed.',
    },
    (clip) => metricOf(clip, 'gainDb'),
  ),
  clipMeasure(
    {
      key: 'activeLevelDbov',
      title: 'Active speech level as recorded',
      unit: 'dBov',
      decimals: 1,
      explanation: 'Level while somebody speaks, pauses left out (ITU-T P.56).',
    },
    (clip) => metricOf(clip, 'activeLevelDbov'),
  ),
  clipMeasure(
    {
      key: 'snrDb',
      title: 'Signal to noise',
      unit: 'dB',
      decimals: 1,
      explanation: 'Speech against the background around it; no figure where the background is digital silence.',
    },
    (clip) => metricOf(clip, 'snrDb'),
  ),
  {
    ...clipMeasure(
      {
        key: 'clippedRuns',
        title: 'Clipping',
        unit: 'runs',
        decimals: 0,
        explanation: 'Runs of three or more samples at full scale in a clip.',
      },
      (clip) => metricOf(clip, 'clippedRuns'),
    ),
    isCount: true,
  },
  clipMeasure(
    {
      key: 'rolloffHz',
      title: 'Roll-off',
      unit: 'Hz',
      decimals: 0,
      explanation: 'Frequency below which 99 % of the speech energy lies; about 3.4 kHz hints at a telephone band.',
    },
    (clip) => metricOf(clip, 'rolloffHz'),
  ),
];

/** What two sets of clips are compared by: all that is shown of a clip, and what else was measured on the input. */
export const COMPARED_MEASURES: readonly ClipMeasure[] = [
  ...MEASURES.filter((measure) => 'ofClip' in measure),
  clipMeasure(
    {
      key: 'speechShare',
      title: 'Share of speech in the clip',
      unit: '%',
      decimals: 1,
      explanation: 'Where the detector heard speech, of the length of the clip.',
    },
    (clip) => scaled(metricOf(clip, 'speechShare'), 100),
  ),
  clipMeasure(
    {
      key: 'noiseLevelDbfs',
      title: 'Noise',
      unit: 'dBFS',
      decimals: 1,
      explanation: 'Level of the background around the speech.',
    },
    (clip) => metricOf(clip, 'noiseLevelDbfs'),
  ),
  clipMeasure(
    {
      key: 'truePeakDbtp',
      title: 'True peak as recorded',
      unit: 'dBTP',
      decimals: 1,
      explanation: 'Highest level between samples, too (ITU-R BS.1770-4, Annex 2).',
    },
    (clip) => metricOf(clip, 'truePeakDbtp'),
  ),
  clipMeasure(
    {
      key: 'deviceRateHz',
      title: 'Rate of the recording',
      unit: 'Hz',
      decimals: 0,
      explanation: 'Samples a second, before everything becomes 16 kHz.',
    },
    (clip) => metricOf(clip, 'deviceRateHz'),
  ),
];

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}

/** All values of a measure that can be told. */
export function valuesOf(measure: Measure, sources: readonly HeardSource[]): readonly number[] {
  return sources.flatMap((heard) => {
    const clips = measure.of === 'clips' ? heard.clips : heard.clips.slice(0, 1);
    return clips.map((clip) => measure.read(heard, clip)).filter((value) => value !== undefined);
  });
}
