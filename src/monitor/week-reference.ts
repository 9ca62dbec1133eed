import { addCounts } from '../metrics/histogram.ts';
import { momentsOf, totalOf } from './bins.ts';
import { type MeasuredMean, shrunkenMeans } from './shrinkage.ts';
import { hourOfWeek, kindOfHour, WEEK_HOURS } from './week.ts';

/** What was counted in one hour. */
export interface HourCounts {
  /** Whole hours since the epoch. */
  readonly hour: number;
  /** By bin; a rate has two bins: what did not happen, and what did. */
  readonly counts: readonly number[];
}

/** What a metric is like in each hour of the week when all is well. Frozen: it never follows what it judges. */
export interface WeekReference {
  /** All counts by bin. */
  readonly counts: readonly number[];
  /** The same for each of the 168 hours of the week. */
  readonly hourCounts: readonly (readonly number[])[];
  /** What a value in each bin stands for in the sums below. */
  readonly scores: readonly number[];
  /** Expected score in each of the 168 hours of the week. */
  readonly means: readonly number[];
  /** Variance of one value's score within an hour. */
  readonly variance: number;
  /**
   * How much more an hour's sum varies than one of independent values would, 1 or more: speakers who come again, and the
   * error of the reference itself. Charts divide by it, so that it costs time and not false alarms.
   */
  readonly designEffect: number;
}

interface Cell {
  count: number;
  sum: number;
  hours: number;
}

function scoreSum(counts: readonly number[], scores: readonly number[]): number {
  let sum = 0;
  for (const [bin, count] of counts.entries()) sum += count * scores[bin]!;
  return sum;
}

function cellsOf(hours: readonly HourCounts[], scores: readonly number[]): readonly Cell[] {
  const cells = Array.from({ length: WEEK_HOURS }, (): Cell => ({ count: 0, sum: 0, hours: 0 }));
  for (const { hour, counts } of hours) {
    const cell = cells[hourOfWeek(hour)]!;
    const count = totalOf(counts);
    cell.count += count;
    cell.sum += scoreSum(counts, scores);
    if (count > 0) cell.hours++;
  }
  return cells;
}

/** Standard errors by which the dispersion has to exceed 1 before it is believed: one in a hundred by chance. */
const DISPERSION_ERRORS = 2.33;

/** Pearson's dispersion of the hours around the mean of their hour of the week; 1 for independent values. */
function dispersion(hours: readonly HourCounts[], scores: readonly number[], cells: readonly Cell[], variance: number) {
  let spread = 0;
  let freedom = 0;
  for (const { hour, counts } of hours) {
    const { count, sum } = cells[hourOfWeek(hour)]!;
    const n = totalOf(counts);
    if (n > 0) spread += (scoreSum(counts, scores) - (n * sum) / count) ** 2 / (n * variance);
  }
  for (const { hours: many } of cells) freedom += Math.max(0, many - 1);
  const dispersed = spread / freedom;
  return dispersed - 1 > DISPERSION_ERRORS * Math.sqrt(2 / freedom) ? dispersed : 1;
}

/**
 * Learns a reference from hours that are taken for good; four weeks or more know each hour of the week.
 *
 * An hour's mean is drawn towards those of its kind (the same hour on working days, at the weekend), and these towards
 * the mean of all, as far as their differences are no larger than chance makes them.
 *
 * @param hours One entry an hour at most; empty hours may be left out.
 * @param scores What a value in each bin stands for.
 * @throws RangeError when all values lie in bins of one score: nothing can be told about how they vary.
 * Source of the dispersion: McCullagh and Nelder, "Generalized Linear Models", 2nd edition, 1989, section 4.5.
 */
export function learnWeek(hours: readonly HourCounts[], scores: readonly number[]): WeekReference {
  const counts = scores.map((_, bin) => hours.reduce((sum, hour) => sum + hour.counts[bin]!, 0));
  const all = momentsOf(counts, scores);
  if (!(all.deviation > 0)) {
    throw new RangeError(
      `The reference's ${totalOf(counts)} values do not vary; take a longer time, or another metric.`,
    );
  }
  const cells = cellsOf(hours, scores);
  const known = cells.flatMap((cell, hourInWeek) => (cell.count > 0 ? [{ ...cell, hourInWeek }] : []));
  // Within an hour values vary less than over the week.
  const between = known.reduce((sum, { count, sum: scored }) => sum + count * (scored / count - all.mean) ** 2, 0);
  const freedom = totalOf(counts) - known.length;
  const total = totalOf(counts) * all.deviation ** 2;
  const variance = freedom > 0 && between < total ? (total - between) / freedom : all.deviation ** 2;
  const dispersed = dispersion(hours, scores, cells, variance);
  const measured = known.map(({ count, sum, hourInWeek }): MeasuredMean => {
    return { mean: sum / count, variance: (variance * dispersed) / count, group: kindOfHour(hourInWeek) };
  });
  const { means, errors } = weekMeans(
    known.map(({ hourInWeek }) => hourInWeek),
    measured,
  );
  // An hour's sum errs by its own chance and by the reference's, as often as values come in such an hour.
  const leverage = known.reduce((sum, { count, hours: many, hourInWeek }) => {
    return sum + (count * (count / many) * errors[hourInWeek]!) / (variance * dispersed);
  }, 0);
  const designEffect = dispersed * (1 + leverage / totalOf(counts));
  return { counts, hourCounts: hourCountsOf(hours, scores.length), scores, means, variance, designEffect };
}

function hourCountsOf(hours: readonly HourCounts[], binCount: number): readonly (readonly number[])[] {
  const sums = Array.from({ length: WEEK_HOURS }, () => new Array<number>(binCount).fill(0));
  for (const { hour, counts } of hours) addCounts(sums[hourOfWeek(hour)]!, counts);
  return sums;
}

/** What the reference counted in the same hours of the week, each as often as it is named. */
export function sameHoursCounts(reference: WeekReference, hoursInWeek: readonly number[]): readonly number[] {
  const sums = new Array<number>(reference.counts.length).fill(0);
  for (const hourInWeek of hoursInWeek) addCounts(sums, reference.hourCounts[hourInWeek]!);
  return sums;
}

function weekMeans(hoursInWeek: readonly number[], measured: readonly MeasuredMean[]) {
  const kinds = [...new Set(measured.map(({ group }) => group))];
  const ofKinds = kinds.map((kind): MeasuredMean => {
    const members = measured.filter(({ group }) => group === kind);
    const weight = members.reduce((sum, { variance }) => sum + 1 / variance, 0);
    return {
      mean: members.reduce((sum, { mean, variance }) => sum + mean / variance, 0) / weight,
      variance: 1 / weight,
      group: 0,
    };
  });
  const shrunkenKinds = shrunkenMeans(ofKinds);
  const shrunken = shrunkenMeans(measured);
  const means = new Array<number>(WEEK_HOURS);
  const errors = new Array<number>(WEEK_HOURS).fill(0);
  const overall = shrunkenKinds.reduce((sum, { mean }) => sum + mean, 0) / shrunkenKinds.length;
  for (let hourInWeek = 0; hourInWeek < WEEK_HOURS; hourInWeek++) {
    const kind = kinds.indexOf(kindOfHour(hourInWeek));
    means[hourInWeek] = kind === -1 ? overall : shrunkenKinds[kind]!.mean;
  }
  for (const [i, hourInWeek] of hoursInWeek.entries()) {
    const kind = kinds.indexOf(measured[i]!.group);
    // The kind's own shrinkage moves all its hours alike.
    means[hourInWeek] = shrunken[i]!.mean + shrunkenKinds[kind]!.mean - ofKinds[kind]!.mean;
    errors[hourInWeek] = Math.min(shrunken[i]!.variance, measured[i]!.variance);
  }
  return { means, errors };
}

/** Scores of a rate's two bins: what did not happen, what did. */
export const RATE_SCORES: readonly number[] = [0, 1];
