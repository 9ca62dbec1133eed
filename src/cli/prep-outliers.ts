import type { InputMetrics } from '../protocol/segment.ts';
import { modifiedZScores } from './distribution.ts';
import type { HeardSource } from './prep-ledger.ts';
import { type ClipRow, metricOf } from './prep-rows.ts';

/** A clip worth listening to. */
export interface OutlierClip {
  readonly path: string;
  readonly source: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** What is unusual about it, with its unit. */
  readonly value: string;
}

/** Clips that stand out in the same way, the worst first. */
export interface OutlierGroup {
  readonly key: string;
  readonly title: string;
  /** By which rule, and what it may mean. */
  readonly explanation: string;
  readonly clipCount: number;
  /** The worst of them. */
  readonly clips: readonly OutlierClip[];
}

interface Candidate {
  readonly heard: HeardSource;
  readonly clip: ClipRow;
}

interface Rule {
  readonly key: string;
  readonly title: string;
  readonly explanation: string;
  /** How bad it is, above 0; 0 or less when the clip does not stand out. */
  readonly severityOf: (candidate: Candidate) => number;
  readonly say: (candidate: Candidate) => string;
}

const EXTREMES: readonly {
  readonly metric: keyof InputMetrics;
  readonly unit: string;
  readonly least?: string;
  readonly most?: string;
}[] = [
  { metric: 'clipLengthSeconds', unit: 's', least: 'shortest', most: 'longest' },
  { metric: 'activeLevelDbov', unit: 'dBov', least: 'quietest', most: 'loudest' },
  { metric: 'snrDb', unit: 'dB', least: 'noisiest' },
  { metric: 'gainDb', unit: 'dB', most: 'most amplified' },
];

const LISTED_CLIPS = 6;
/** Source: Iglewicz and Hoaglin, 1993: label as outliers where the modified z-score exceeds 3.5. */
const UNUSUAL_SCORE = 3.5;
const EDGE_SECONDS = 0.05;
const NOISY_SNR_DB = 10;
const SHORTFALL_DB = 1;
const LITTLE_SPEECH_SHARE = 0.4;

function counted(
  name: 'clippedRuns' | 'dropoutCount' | 'invalidSamples',
  noun: string,
): Pick<Rule, 'severityOf' | 'say'> {
  return {
    severityOf: ({ clip }) => metricOf(clip, name) ?? 0,
    say: ({ clip }) => `${metricOf(clip, name)} ${noun}${metricOf(clip, name) === 1 ? '' : 's'}`,
  };
}

function edges({ heard, clip }: Candidate): string {
  const atStart = clip.speechStartSeconds <= EDGE_SECONDS;
  const atEnd = clip.speechEndSeconds >= heard.source.seconds - EDGE_SECONDS;
  return atStart && atEnd ? 'at both ends' : atStart ? 'at the start' : atEnd ? 'at the end' : '';
}

/** Unusual among these clips, on one side. */
function unusual(
  candidates: readonly Candidate[],
  side: 1 | -1,
  read: (clip: ClipRow) => number | undefined,
  say: (value: number) => string,
): Pick<Rule, 'severityOf' | 'say'> {
  const known = candidates.filter(({ clip }) => read(clip) !== undefined);
  const scores = modifiedZScores(known.map(({ clip }) => read(clip)!));
  const scoreByPath = new Map(known.map(({ clip }, i) => [clip.path, scores[i]!]));
  return {
    severityOf: ({ clip }) => side * (scoreByPath.get(clip.path) ?? 0) - UNUSUAL_SCORE,
    say: ({ clip }) => say(read(clip)!),
  };
}

function rulesFor(candidates: readonly Candidate[]): readonly Rule[] {
  const seconds = (clip: ClipRow): number | undefined => metricOf(clip, 'clipLengthSeconds');
  const level = (clip: ClipRow): number | undefined => metricOf(clip, 'activeLevelDbov');
  const saySeconds = (value: number): string => `${value.toFixed(2)} s`;
  const sayLevel = (value: number): string => `${value.toFixed(1)} dBov`;
  const byScore = `further from the median than ${UNUSUAL_SCORE} modified z-scores`;
  return [
    {
      key: 'clipped',
      title: 'Clipped',
      explanation: 'Runs of three or more samples at full scale: the microphone or its amplifier was overdriven.',
      ...counted('clippedRuns', 'clipped run'),
    },
    {
      key: 'noisy',
      title: 'Noisy',
      explanation: `Less than ${NOISY_SNR_DB} dB of speech over noise.`,
      severityOf: ({ clip }) => NOISY_SNR_DB - (metricOf(clip, 'snrDb') ?? NOISY_SNR_DB),
      say: ({ clip }) => `${metricOf(clip, 'snrDb')?.toFixed(1)} dB`,
    },
    {
      key: 'not-levelled',
      title: 'Not brought to the target loudness',
      explanation: `More than ${SHORTFALL_DB} dB under it, because its peaks, its noise or the largest gain stood in the way.`,
      severityOf: ({ clip }) => (metricOf(clip, 'gainShortfallDb') ?? 0) - SHORTFALL_DB,
      say: ({ clip }) => `${metricOf(clip, 'gainShortfallDb')?.toFixed(1)} dB short`,
    },
    {
      key: 'cut-by-recording',
      title: 'Begins or ends inside speech',
      explanation: `Speech within ${1000 * EDGE_SECONDS} ms of an end of the recording: a word may be cut by the recording itself.`,
      severityOf: (candidate) => edges(candidate).length,
      say: edges,
    },
    {
      key: 'dropouts',
      title: 'Dropouts',
      explanation: 'Digital zeros of 10 ms or more inside the clip.',
      ...counted('dropoutCount', 'dropout'),
    },
    {
      key: 'invalid-samples',
      title: 'Invalid samples',
      explanation: 'Samples that are no number or infinite, and were replaced by 0.',
      ...counted('invalidSamples', 'sample'),
    },
    {
      key: 'little-speech',
      title: 'Little speech',
      explanation: `Speech in less than ${100 * LITTLE_SPEECH_SHARE} % of the clip: short sounds, or none.`,
      severityOf: ({ clip }) => LITTLE_SPEECH_SHARE - (metricOf(clip, 'speechShare') ?? 1),
      say: ({ clip }) => `${(100 * (metricOf(clip, 'speechShare') ?? 0)).toFixed(0)} % speech`,
    },
    {
      key: 'split',
      title: 'Split for its length',
      explanation: 'Reached the longest segment of the contract and was split in its deepest pause.',
      severityOf: ({ clip }) => (clip.end === 'maximum-length' ? (seconds(clip) ?? 0) : 0),
      say: ({ clip }) => saySeconds(seconds(clip) ?? 0),
    },
    {
      key: 'long',
      title: 'Unusually long',
      explanation: `Length ${byScore}.`,
      ...unusual(candidates, 1, seconds, saySeconds),
    },
    {
      key: 'short',
      title: 'Unusually short',
      explanation: `Length ${byScore}.`,
      ...unusual(candidates, -1, seconds, saySeconds),
    },
    {
      key: 'narrow-band',
      title: 'Unusually narrow band',
      explanation: `Roll-off ${byScore}: a telephone or a headset among better microphones.`,
      ...unusual(
        candidates,
        -1,
        (clip) => metricOf(clip, 'rolloffHz'),
        (hz) => `${hz.toFixed(0)} Hz`,
      ),
    },
    {
      key: 'quiet',
      title: 'Unusually quiet',
      explanation: `Active speech level ${byScore}.`,
      ...unusual(candidates, -1, level, sayLevel),
    },
    {
      key: 'loud',
      title: 'Unusually loud',
      explanation: `Active speech level ${byScore}.`,
      ...unusual(candidates, 1, level, sayLevel),
    },
  ];
}

function outlierClip({ clip }: Candidate, value: string): OutlierClip {
  const { path, source, startSeconds, endSeconds } = clip;
  return { path, source, startSeconds, endSeconds, value };
}

/** The ends of the main measures, which are worth hearing even where no clip stands out. */
function extremes(candidates: readonly Candidate[]): readonly OutlierGroup[] {
  const clips = EXTREMES.flatMap(({ metric, unit, least, most }) => {
    const known = candidates
      .flatMap((candidate) => {
        const value = metricOf(candidate.clip, metric);
        return value === undefined ? [] : [{ candidate, value }];
      })
      .sort((a, b) => a.value - b.value);
    const ends = [
      { name: least, end: known[0] },
      { name: most, end: known.length > 1 ? known.at(-1) : undefined },
    ];
    return ends.flatMap(({ name, end }) =>
      name === undefined || end === undefined
        ? []
        : [outlierClip(end.candidate, `${name}, ${end.value.toFixed(1)} ${unit}`)],
    );
  });
  if (clips.length === 0) return [];
  const explanation = 'The ends of the distributions above, unusual or not.';
  return [{ key: 'extremes', title: 'Extremes', explanation, clipCount: clips.length, clips }];
}

/** Clips to listen to, grouped by what stands out; groups without a clip are left out. */
export function outlierGroups(sources: readonly HeardSource[]): readonly OutlierGroup[] {
  const candidates = sources.flatMap((heard) => heard.clips.map((clip) => ({ heard, clip })));
  const groups = rulesFor(candidates).flatMap(({ key, title, explanation, severityOf, say }) => {
    const found = candidates
      .map((candidate) => ({ candidate, severity: severityOf(candidate) }))
      .filter(({ severity }) => severity > 0)
      // The sort is stable: equals stay in the order of the manifest.
      .sort((a, b) => b.severity - a.severity);
    const clips = found.slice(0, LISTED_CLIPS).map(({ candidate }) => outlierClip(candidate, say(candidate)));
    return clips.length === 0 ? [] : [{ key, title, explanation, clipCount: found.length, clips }];
  });
  return [...groups, ...extremes(candidates)];
}
