import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import { addCounts } from '../../../src/metrics/histogram.ts';
import { compareMetrics } from '../../../src/monitor/drift-comparison.ts';
import type { DriftProfile } from '../../../src/monitor/drift-profile.ts';
import { normalNumbers } from './fleet.ts';

/** Metrics that are compared at the same time. */
export const WINDOW_METRICS = 6;
const VALUES_AN_HOUR = 300;
const QUIET_WINDOWS = 334;
const REFERENCE_WEEKS = 4;
const LONGEST_WINDOWS = 67;
const BINS = 64;

/** A change that leaves the mean where it is, so that no chart of it could see it. */
export interface WindowOutcome {
  /** Alarms over all metrics without change. */
  readonly falseAlarmCount: number;
  readonly quietCount: number;
  /** Values until the alarm of the metric that changed; Infinity for none within 20,000. */
  readonly delays: readonly number[];
}

/** A share of the values comes from elsewhere, twice as wide around the same mean: a new kind of headset. */
const MIXED_SHARE = 0.3;
const MIXED_DEVIATIONS = 2;

function hourOf(random: () => number, normal: () => number, swing: number, isMixed: boolean): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (let left = VALUES_AN_HOUR; left > 0; left--) {
    const z = normal() * (isMixed && random() < MIXED_SHARE ? MIXED_DEVIATIONS : 1) + swing;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(BINS / 2 + 8 * z)));
    counts[bin] = counts[bin]! + 1;
  }
  return counts;
}

const POSITIONS = Array.from({ length: BINS }, (_, bin) => bin);

/** Hourly windows of all metrics against the same hours of the reference. */
export function runWindows(
  profile: DriftProfile,
  seeds: readonly number[],
  progress: (text: string) => void,
): WindowOutcome {
  let falseAlarmCount = 0;
  const delays: number[] = [];
  for (const [at, seed] of seeds.entries()) {
    progress(`windows, seed ${at + 1} of ${seeds.length}`);
    const random = seededRandom(seed);
    const normal = normalNumbers(random);
    const swing = (hour: number): number => 0.4 * Math.sin(((hour % 24) / 24) * 2 * Math.PI);
    const reference = Array.from({ length: WINDOW_METRICS }, () =>
      Array.from({ length: 24 }, (_, hour) => {
        // The same hour of the day on as many days as four weeks have.
        const counts = new Array<number>(BINS).fill(0);
        for (let day = 0; day < REFERENCE_WEEKS; day++) addCounts(counts, hourOf(random, normal, swing(hour), false));
        return counts;
      }),
    );
    const compare = (hour: number, mixed: number) =>
      compareMetrics(
        reference.map((hours, metric) => ({
          name: String(metric),
          reference: hours[hour % 24]!,
          current: hourOf(random, normal, swing(hour), metric === mixed),
          positions: POSITIONS,
          designEffect: 1,
        })),
        profile,
      );
    const inRow = new Array<number>(WINDOW_METRICS).fill(0);
    for (let hour = 0; hour < QUIET_WINDOWS; hour++) {
      for (const [metric, { verdict }] of compare(hour, -1).entries()) {
        inRow[metric] = verdict === 'drift' ? inRow[metric]! + 1 : 0;
        if (inRow[metric] === profile.windowsInRow) falseAlarmCount++;
      }
    }
    let run = 0;
    let hour = 0;
    while (run < profile.windowsInRow && hour < LONGEST_WINDOWS)
      run = compare(hour++, 0)[0]!.verdict === 'drift' ? run + 1 : 0;
    delays.push(run < profile.windowsInRow ? Infinity : hour * VALUES_AN_HOUR);
  }
  const quietCount = seeds.length * WINDOW_METRICS * QUIET_WINDOWS * VALUES_AN_HOUR;
  return { falseAlarmCount, quietCount, delays };
}
