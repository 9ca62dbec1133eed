import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import { type ChangeShape, changeShape, type HourResidual } from '../../../src/monitor/change-shape.ts';
import { normalNumbers } from './fleet.ts';

/** A change of which it has to be told how it came. */
export interface ShapeCase {
  readonly name: string;
  readonly truth: 'sudden' | 'gradual';
  /** In standard deviations of one value. */
  readonly size: number;
  /** Mean values an hour. */
  readonly volume: number;
  readonly rampDays: number;
  /** Half a standard deviation at 50 values an hour and up; a ramp of two days and up. */
  readonly isClear: boolean;
}

/** What came of one case. */
export interface ShapeOutcome {
  readonly rightCount: number;
  readonly wrongCount: number;
  readonly undeterminedCount: number;
  /** True onset inside the range. */
  readonly coveredCount: number;
  readonly onsetErrorsHours: readonly number[];
  readonly slopeErrors: readonly number[];
}

const HOURS = 14 * 24;

function step(size: number, volume: number, isClear: boolean): ShapeCase {
  const name = `step of ${size} sigma, ${volume} values an hour`;
  return { name, truth: 'sudden', size, volume, rampDays: 0, isClear };
}

function ramp(size: number, rampDays: number, volume: number, isClear: boolean): ShapeCase {
  const name = `ramp of ${size} sigma over ${rampDays} days, ${volume} values an hour`;
  return { name, truth: 'gradual', size, volume, rampDays, isClear };
}

/** Clear cases, and others in which to be undetermined is right. */
export const SHAPE_CASES: readonly ShapeCase[] = [
  step(0.5, 50, true),
  step(0.5, 120, true),
  step(1, 50, true),
  ramp(0.5, 2, 50, true),
  ramp(0.5, 2, 120, true),
  ramp(0.5, 4, 120, true),
  ramp(1, 7, 50, true),
  step(0.25, 20, false),
  step(0.25, 120, false),
  ramp(0.25, 2, 20, false),
  ramp(0.25, 4, 120, false),
  ramp(0.5, 1, 50, false),
];

function hoursOf({ size, volume, rampDays }: ShapeCase, onset: number, random: () => number): readonly HourResidual[] {
  const normal = normalNumbers(random);
  return Array.from({ length: HOURS }, (_, hour) => {
    const count = Math.max(1, Math.round(volume * (1 + 0.8 * Math.sin((((hour % 24) - 10) / 24) * 2 * Math.PI))));
    const done = rampDays === 0 ? (hour >= onset ? 1 : 0) : Math.min(1, Math.max(0, (hour - onset) / (rampDays * 24)));
    return { hour, count, mean: size * done + normal() / Math.sqrt(count) };
  });
}

/** One case on every seed; the change begins anywhere from the third to the fifth day, and a ramp ends in time. */
export function runShapeCase(one: ShapeCase, seeds: readonly number[]): ShapeOutcome {
  let [rightCount, wrongCount, undeterminedCount, coveredCount] = [0, 0, 0, 0];
  const onsetErrorsHours: number[] = [];
  const slopeErrors: number[] = [];
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const onset = 48 + Math.floor(random() * 72);
    const found: ChangeShape = changeShape(hoursOf(one, onset, random))!;
    if (found.shape === 'undetermined') undeterminedCount++;
    else if (found.shape === one.truth) rightCount++;
    else wrongCount++;
    if (found.shape !== one.truth) continue;
    const [from, to] = found.onsetRange;
    if (from <= onset && onset <= to) coveredCount++;
    onsetErrorsHours.push(Math.abs(found.onsetHour - onset));
    if (one.truth === 'gradual') slopeErrors.push(Math.abs((found.slopePerDay * one.rampDays) / one.size - 1));
  }
  return { rightCount, wrongCount, undeterminedCount, coveredCount, onsetErrorsHours, slopeErrors };
}
