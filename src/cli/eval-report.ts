import { type Interval, pairedDifferenceInterval, wordErrorRateInterval } from '../evaluation/bootstrap.ts';
import { seededRandom } from '../evaluation/seeded-random.ts';
import type { NormaliserName } from '../evaluation/text-normaliser.ts';
import { type ClipErrors, countClipErrors, pooledWordErrorRate } from '../evaluation/word-error-rate.ts';
import type { Seconds } from '../units.ts';
import type { ClipOutcome } from './clip-messages.ts';
import { formatTable } from './output.ts';

/** A clip of known words, heard. */
export interface ScoredClip extends ClipOutcome {
  readonly file: string;
  readonly set: string;
  readonly transcript: string;
  readonly raw: ClipErrors;
  readonly processed: ClipErrors;
}

/** A word error rate, or a difference of two, as a fraction with its 95 % interval. */
export interface Rate {
  readonly wer: number;
  readonly interval: Interval;
}

/** What is told of a set of clips. */
export interface SetReport {
  readonly clips: number;
  /** Words of the references, normalised. */
  readonly words: number;
  readonly audioSeconds: Seconds;
  /** Whole clips into the recogniser. */
  readonly raw: Rate;
  /** Through the front end. */
  readonly processed: Rate;
  /** processed - raw, the same clips drawn for both. */
  readonly difference: Rate;
  /** Time of front end and recogniser over time of the audio, on one core. */
  readonly realTimeFactor: number;
  /** The same without the front end. */
  readonly rawRealTimeFactor: number;
  /** Audio in the segments over audio in the clips. */
  readonly audioSentShare: number;
  readonly clipsWithoutSegment: number;
}

/** Start of the random numbers of every interval: the same clips give the same report. */
const BOOTSTRAP_SEED = 1;

/** Counts a clip's errors on both ways. */
export function scoreClip(
  clip: { readonly file: string; readonly set: string; readonly transcript: string },
  outcome: ClipOutcome,
  normaliser: NormaliserName,
): ScoredClip {
  const { file, set, transcript } = clip;
  return {
    file,
    set,
    transcript,
    ...outcome,
    raw: countClipErrors(transcript, outcome.rawText, normaliser),
    processed: countClipErrors(transcript, outcome.processedText, normaliser),
  };
}

function sum(clips: readonly ScoredClip[], of: (clip: ScoredClip) => number): number {
  return clips.reduce((total, clip) => total + of(clip), 0);
}

/** Pools clips into one report. */
export function reportClips(clips: readonly ScoredClip[]): SetReport {
  const raw = clips.map((clip) => clip.raw);
  const processed = clips.map((clip) => clip.processed);
  const audioSeconds = sum(clips, (clip) => clip.audioSeconds);
  const rawRate = pooledWordErrorRate(raw);
  const processedRate = pooledWordErrorRate(processed);
  return {
    clips: clips.length,
    words: sum(clips, (clip) => clip.raw.wordCount),
    audioSeconds,
    raw: { wer: rawRate, interval: wordErrorRateInterval(raw, seededRandom(BOOTSTRAP_SEED)) },
    processed: { wer: processedRate, interval: wordErrorRateInterval(processed, seededRandom(BOOTSTRAP_SEED)) },
    difference: {
      wer: processedRate - rawRate,
      interval: pairedDifferenceInterval(raw, processed, seededRandom(BOOTSTRAP_SEED)),
    },
    realTimeFactor: sum(clips, (clip) => clip.processedMs) / 1000 / audioSeconds,
    rawRealTimeFactor: sum(clips, (clip) => clip.rawMs) / 1000 / audioSeconds,
    audioSentShare: sum(clips, (clip) => clip.sentSeconds) / audioSeconds,
    clipsWithoutSegment: clips.filter((clip) => clip.segmentCount === 0).length,
  };
}

/** Reports by name of set, in the order in which the sets first occur. */
export function reportSets(clips: readonly ScoredClip[]): Readonly<Record<string, SetReport>> {
  const bySet = new Map<string, ScoredClip[]>();
  for (const clip of clips) {
    const others = bySet.get(clip.set);
    if (others === undefined) bySet.set(clip.set, [clip]);
    else others.push(clip);
  }
  return Object.fromEntries([...bySet].map(([set, members]) => [set, reportClips(members)]));
}

function percent(rate: Rate, isSigned = false): string {
  const points = (fraction: number): string => {
    const text = (100 * fraction).toFixed(1);
    return isSigned && fraction >= 0 ? `+${text}` : text;
  };
  return `${points(rate.wer)} [${rate.interval.map(points).join(', ')}]`;
}

/** Reports as a table for people: word error rates in percent. */
export function formatReports(reports: Readonly<Record<string, SetReport>>): string {
  const header = ['set', 'clips', 'words', 'raw WER %', 'processed WER %', 'difference', 'RTF', 'sent %', 'no segment'];
  const rows = Object.entries(reports).map(([set, report]) => [
    set,
    String(report.clips),
    String(report.words),
    percent(report.raw),
    percent(report.processed),
    percent(report.difference, true),
    report.realTimeFactor.toFixed(3),
    (100 * report.audioSentShare).toFixed(1),
    String(report.clipsWithoutSegment),
  ]);
  return formatTable([header, ...rows], 1);
}
