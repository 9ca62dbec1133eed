import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import { LENGTH_BINS, SNR_BINS } from '../../../src/metrics/metric-table.ts';
import { type DriftCause, driftCause } from '../../../src/monitor/drift-cause.ts';
import type { Stratum } from '../../../src/monitor/mantel-haenszel.ts';
import { normalNumbers } from './fleet.ts';

/** A change whose cause has to be told. */
export interface CauseCase {
  readonly name: string;
  readonly truth: DriftCause;
  /** Fall of the signal-to-noise ratio, in dB; its standard deviation is 8 dB. */
  readonly snrFallDb: number;
  /** Odds of a bad answer to the same input, over those before. */
  readonly oddsRatio: number;
}

/** In which the rate of bad answers rises from about 6 % to about 8 or 9 %, by either cause. */
export const CAUSE_CASES: readonly CauseCase[] = [
  { name: 'a noisy season: 4 dB less', truth: 'data', snrFallDb: 4, oddsRatio: 1 },
  { name: 'a noisier season: 8 dB less', truth: 'data', snrFallDb: 8, oddsRatio: 1 },
  { name: 'a worse recogniser: odds 1.5', truth: 'concept', snrFallDb: 0, oddsRatio: 1.5 },
  { name: 'a much worse recogniser: odds 2', truth: 'concept', snrFallDb: 0, oddsRatio: 2 },
  { name: 'both: 4 dB less, odds 1.5', truth: 'both', snrFallDb: 4, oddsRatio: 1.5 },
  { name: 'neither', truth: 'none', snrFallDb: 0, oddsRatio: 1 },
];

const REFERENCE_COUNT = 20_000;
const CURRENT_COUNT = 5_000;

/** Chance of a bad answer to a clip: higher in noise and for very short clips. */
function badShare(snrDb: number, seconds: number, oddsRatio: number): number {
  const odds = oddsRatio * Math.exp(-3 - 0.08 * (snrDb - 18) + (seconds < 1 ? 0.7 : 0));
  return odds / (1 + odds);
}

function snrBin(snrDb: number): number {
  return Math.min(SNR_BINS.length - 1, Math.max(1, Math.floor(snrDb / 5) + 2));
}

function lengthBin(seconds: number): number {
  return Math.min(LENGTH_BINS.length - 1, Math.max(1, Math.floor(Math.log2(seconds)) + 2));
}

function tally(count: number, snrFallDb: number, oddsRatio: number, random: () => number) {
  const normal = normalNumbers(random);
  const cells = Array.from({ length: SNR_BINS.length * LENGTH_BINS.length }, () => ({ bad: 0, count: 0 }));
  for (let left = count; left > 0; left--) {
    const snrDb = 18 + 8 * normal() - snrFallDb;
    const seconds = Math.exp(0.8 + 0.6 * normal());
    const cell = cells[snrBin(snrDb) * LENGTH_BINS.length + lengthBin(seconds)]!;
    cell.count++;
    if (random() < badShare(snrDb, seconds, oddsRatio)) cell.bad++;
  }
  return cells;
}

/** How often the cause is told rightly. */
export function runCauseCase({ snrFallDb, oddsRatio }: CauseCase, seeds: readonly number[]): readonly DriftCause[] {
  return seeds.map((seed) => {
    const random = seededRandom(seed);
    const before = tally(REFERENCE_COUNT, 0, 1, random);
    const now = tally(CURRENT_COUNT, snrFallDb, oddsRatio, random);
    const strata = before.map((cell, i): Stratum => {
      const { bad, count } = now[i]!;
      return { referenceBad: cell.bad, referenceCount: cell.count, currentBad: bad, currentCount: count };
    });
    return driftCause(strata, LENGTH_BINS.length).cause;
  });
}
