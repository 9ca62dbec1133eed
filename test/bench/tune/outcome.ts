import { missedSeconds } from '../front-end/false-triggers.ts';
import { mean, quantile } from '../front-end/statistics.ts';
import { holdsWord } from '../front-end/words.ts';
import type { TuningStream } from './material.ts';
import { type Decisions, decide, type ScoredStream, type TunedOptions } from './stream.ts';

const TOLERANCE_SECONDS = 0.1;

/** What one choice of options gives on the tuning material. */
export interface Outcome {
  /** First and last words whose middle half is kept, share; plain and 50 dB down. */
  readonly words: number;
  readonly quietWords: number;
  /** Share of quiet copies cut within 100 ms of the plain clip; those without a segment. */
  readonly alike: number;
  readonly quietLost: number;
  /** Orders. */
  readonly earlyShare: number;
  readonly calls: number;
  readonly takeMs: number;
  readonly commitMs: number;
  /** LibriSpeech. */
  readonly readingEarlyShare: number;
  readonly readingCalls: number;
  readonly triggersPerTenMinutes: number;
  /** Without the one noise that the network itself takes for speech. */
  readonly triggersWithoutJazz: number;
  /** Share of the words' time that is in no segment. */
  readonly missedPlain: number;
  /** At 5 and at 0 dB SNR. */
  readonly missedNoisy: number;
  readonly missedVeryNoisy: number;
  readonly singleWordsLost: number;
  /** Audio sent for each second of words, orders. */
  readonly sentPerWordSecond: number;
}

function firstAndLast(stream: TuningStream, { segments }: Decisions): number {
  const kept = [stream.words[0]!, stream.words.at(-1)!].filter((word) => holdsWord(segments, word));
  return kept.length / 2;
}

function isAlike(a: Decisions, b: Decisions): boolean {
  return (
    a.segments.length === b.segments.length &&
    a.segments.every(
      ([start, end], i) =>
        Math.abs(start - b.segments[i]![0]) <= TOLERANCE_SECONDS &&
        Math.abs(end - b.segments[i]![1]) <= TOLERANCE_SECONDS,
    )
  );
}

function missedShare(streams: readonly (readonly [TuningStream, Decisions])[]): number {
  let missed = 0;
  let all = 0;
  for (const [{ words }, { segments }] of streams) {
    const [lost, said] = missedSeconds(words, segments);
    missed += lost;
    all += said;
  }
  return missed / all;
}

function triggerRate(noises: readonly (readonly [TuningStream, Decisions])[]): number {
  const triggers = noises.reduce((sum, [, { segments }]) => sum + segments.length, 0);
  const minutes = noises.reduce((sum, [{ samples }]) => sum + samples.length / 16_000 / 60, 0);
  return (triggers * 10) / minutes;
}

/** Measures one choice of options on all streams, which must have been scored at its network level. */
export function outcomeOf(
  streams: readonly TuningStream[],
  scored: readonly ScoredStream[],
  options: TunedOptions,
): Outcome {
  const all = streams.map((stream, i) => [stream, decide(scored[i]!, options)] as const);
  const byName = new Map(all.map(([stream, decisions]) => [stream.name, decisions]));
  const of = (purpose: TuningStream['purpose']) => all.filter(([stream]) => stream.purpose === purpose);
  const orders = of('order');
  const readings = of('reading');
  const spoken = [...orders, ...readings, ...of('other words')];
  const quiet = of('quiet');
  const ends = orders.map(([{ words }, { takenAt, committedAt }]) => ({
    take: ((takenAt.at(-1) ?? Number.POSITIVE_INFINITY) - words.at(-1)![1]) * 1_000,
    commit: ((committedAt.at(-1) ?? Number.POSITIVE_INFINITY) - words.at(-1)![1]) * 1_000,
  }));
  const early = ([{ words }, { committedAt }]: readonly [TuningStream, Decisions]): number =>
    committedAt.some((at) => at < words.at(-1)![1]) ? 1 : 0;
  const calls = ([, { takeCount }]: readonly [TuningStream, Decisions]): number => takeCount;
  const sent = orders.map(([{ words }, { segments }]) => ({
    sent: segments.reduce((sum, [start, end]) => sum + end - start, 0),
    said: words.at(-1)![1] - words[0]![0],
  }));
  const noises = of('noise');
  return {
    words: mean(spoken.map(([stream, decisions]) => firstAndLast(stream, decisions))),
    quietWords: mean(quiet.map(([stream, decisions]) => firstAndLast(stream, decisions))),
    alike: mean(quiet.map(([{ plain }, decisions]) => (isAlike(byName.get(plain!)!, decisions) ? 1 : 0))),
    quietLost: quiet.filter(([, { segments }]) => segments.length === 0).length,
    earlyShare: mean(orders.map(early)),
    calls: mean(orders.map(calls)),
    takeMs: quantile(
      ends.map(({ take }) => take),
      0.5,
    ),
    commitMs: quantile(
      ends.map(({ commit }) => commit),
      0.5,
    ),
    readingEarlyShare: mean(readings.map(early)),
    readingCalls: mean(readings.map(calls)),
    triggersPerTenMinutes: triggerRate(noises),
    triggersWithoutJazz: triggerRate(noises.filter(([{ name }]) => !name.includes('jazz'))),
    missedPlain: missedShare([...orders, ...readings]),
    missedNoisy: missedShare(of('noisy 5 dB')),
    missedVeryNoisy: missedShare(of('noisy 0 dB')),
    singleWordsLost: of('single word').filter(([, { segments }]) => segments.length === 0).length,
    sentPerWordSecond: mean(sent.map((clip) => clip.sent)) / mean(sent.map((clip) => clip.said)),
  };
}
