import { levelThreshold, rateThreshold } from './average-run-length.ts';
import { totalOf } from './bins.ts';
import { Cusum, type CusumState } from './cusum.ts';
import type { DriftProfile } from './drift-profile.ts';
import type { WeekReference } from './week-reference.ts';

/** In which direction a metric may go wrong. */
export type DriftDirection = 'up' | 'down' | 'both';

/** What a chart says after a batch. */
export interface ChartVerdict {
  /** Where the metric went, when evidence and effect both say so. */
  readonly alarm: 'up' | 'down' | null;
  /** Evidence for a change, 0 (none) to 1 (alarm), of the direction that has more. */
  readonly heightShare: number;
  /** Effect since the change began: in standard deviations for a level, relative for a rate. */
  readonly effect: number;
  /** Values since the change began. */
  readonly sinceCount: number;
}

/** What a chart keeps, as it is stored; null where a direction is not watched. */
export interface ChartState {
  readonly up: CusumState | null;
  readonly down: CusumState | null;
}

/** A series that is watched value by value against the week of its reference. */
export interface DriftChart {
  /** Takes values of one hour of the week, counted by the reference's bins, in any number at a time. */
  push(hourInWeek: number, counts: readonly number[]): ChartVerdict;
  readonly state: ChartState;
}

function sides(
  direction: DriftDirection,
  thresholdOf: (sideCount: number, sign: 1 | -1) => number,
  state?: ChartState,
) {
  const sideCount = direction === 'both' ? 2 : 1;
  const side = (sign: 1 | -1, is: boolean, kept: CusumState | null | undefined): Cusum | null =>
    is ? new Cusum(thresholdOf(sideCount, sign), kept ?? undefined) : null;
  return {
    up: side(1, direction !== 'down', state?.up),
    down: side(-1, direction !== 'up', state?.down),
  };
}

function verdictOf(
  up: Cusum | null,
  down: Cusum | null,
  effectOf: (side: Cusum) => number,
  least: number,
): ChartVerdict {
  const isUp = (up?.heightShare ?? -1) >= (down?.heightShare ?? -1);
  const side = isUp ? up : down;
  if (side === null) return { alarm: null, heightShare: 0, effect: 0, sinceCount: 0 };
  const effect = effectOf(side);
  const isAlarm = side.heightShare >= 1 && Math.abs(effect) >= least;
  return {
    alarm: isAlarm ? (isUp ? 'up' : 'down') : null,
    heightShare: side.heightShare,
    effect,
    sinceCount: side.count,
  };
}

/**
 * Chart of a level, a time or a share: a normalised CUSUM.
 *
 * @param reference Learnt with the normal scores of its bins.
 * Source: Page 1954 (see {@link Cusum}); Moustakides, Annals of Statistics 14(4), 1986, for its optimality.
 */
export function levelChart(
  reference: WeekReference,
  direction: DriftDirection,
  profile: DriftProfile,
  state?: ChartState,
): DriftChart {
  const allowance = profile.levelDeviations / 2;
  const spread = Math.sqrt(reference.variance);
  const scale = spread * Math.sqrt(reference.designEffect);
  const { up, down } = sides(
    direction,
    (sideCount) => levelThreshold(allowance, profile.runLengthCount * sideCount),
    state,
  );
  return {
    push: (hourInWeek, counts) => {
      let n = 0;
      let sum = 0;
      const expected = reference.means[hourInWeek]!;
      for (let bin = 0; bin < counts.length; bin++) {
        const count = counts[bin]!;
        if (count === 0) continue;
        n += count;
        sum += count * (reference.scores[bin]! - expected);
      }
      up?.push(sum / scale - n * allowance, n, sum);
      down?.push(-sum / scale - n * allowance, n, sum);
      return verdictOf(up, down, (side) => side.meanDifference / spread, profile.leastDeviations);
    },
    get state() {
      return { up: up?.state ?? null, down: down?.state ?? null };
    },
  };
}

/** Odds of a rate that changed by a ratio, over the odds before; the rarer of what happens and what does not changes. */
function oddsRatio(rate: number, ratio: number): number {
  const rare = Math.min(rate, 1 - rate);
  const odds = (ratio * (1 - rare)) / (1 - ratio * rare);
  return rate <= 0.5 ? odds : 1 / odds;
}

/**
 * Chart of a rate: a Bernoulli CUSUM whose odds follow the hour of the week.
 *
 * @param reference Learnt with the scores of a rate; counts are what did not happen, and what did.
 * Source: Reynolds and Stoumbos, Journal of Quality Technology 31(1), 1999; Steiner, Cook, Farewell and Treasure,
 *   "Monitoring surgical performance using risk-adjusted cumulative sum charts", Biostatistics 1(4), 2000.
 */
export function rateChart(
  reference: WeekReference,
  direction: DriftDirection,
  profile: DriftProfile,
  state?: ChartState,
): DriftChart {
  const total = totalOf(reference.counts);
  const rate = reference.counts[1]! / total;
  const rareShare = Math.min(rate, 1 - rate);
  const rise = rate <= 0.5 ? oddsRatio(rate, profile.rateRatio) : oddsRatio(rate, 1 / profile.rateRatio);
  const fall = rate <= 0.5 ? oddsRatio(rate, 1 / profile.rateRatio) : oddsRatio(rate, profile.rateRatio);
  const { up, down } = sides(
    direction,
    (sideCount, sign) => rateThreshold(rate, sign === 1 ? rise : fall, profile.runLengthCount * sideCount),
    state,
  );
  const evidence = (ratio: number, expected: number, hits: number, n: number): number =>
    (hits * Math.log(ratio) - n * Math.log1p(expected * (ratio - 1))) / reference.designEffect;
  return {
    push: (hourInWeek, [misses = 0, hits = 0]) => {
      const n = misses + hits;
      const expected = reference.means[hourInWeek]!;
      up?.push(evidence(rise, expected, hits, n), n, hits - n * expected);
      down?.push(evidence(fall, expected, hits, n), n, hits - n * expected);
      return verdictOf(up, down, (side) => side.meanDifference / rareShare, profile.leastRelative);
    },
    get state() {
      return { up: up?.state ?? null, down: down?.state ?? null };
    },
  };
}
