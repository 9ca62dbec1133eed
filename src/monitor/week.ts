/** Hours in a week: the references know each of them. */
export const WEEK_HOURS = 168;

const DAY_HOURS = 24;
/** Hour 0 of the epoch lay on a Thursday. */
const EPOCH_HOUR_OF_WEEK = 4 * DAY_HOURS;
const MS_PER_HOUR = 3_600_000;

/** Whole hours since the epoch (UTC). */
export function hourAt(timeMs: number): number {
  return Math.floor(timeMs / MS_PER_HOUR);
}

/** Hour of the week, 0..167, from Sunday midnight UTC. @param hour Whole hours since the epoch. */
export function hourOfWeek(hour: number): number {
  return (((hour + EPOCH_HOUR_OF_WEEK) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS;
}

/**
 * Which hours of the week are expected to be alike: the same hour of the day on working days, and at the weekend.
 *
 * @returns 0..47.
 */
export function kindOfHour(hourInWeek: number): number {
  const day = Math.floor(hourInWeek / DAY_HOURS);
  return (hourInWeek % DAY_HOURS) + (day === 0 || day === 6 ? DAY_HOURS : 0);
}
