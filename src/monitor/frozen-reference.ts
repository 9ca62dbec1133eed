import type { WeekReference } from './week-reference.ts';

/** A reference with its history: it never follows the data by itself, since a slow drift would take it along. */
export interface FrozenReference {
  /** 1 for the first; each new baseline counts on. */
  readonly version: number;
  readonly metric: string;
  /** Hours it was learnt from, whole hours since the epoch. */
  readonly fromHour: number;
  readonly untilHour: number;
  readonly week: WeekReference;
  /** Who took it for good, when and why. */
  readonly by: string;
  readonly timeMs: number;
  readonly reason: string;
}

/** Least hours of a reference: four whole weeks. */
export const LEAST_REFERENCE_HOURS: number = 28 * 24;

/**
 * Puts a new reference in the place of an old one, by a person and for a reason.
 *
 * @param previous Undefined for the first.
 * @throws RangeError when nobody or nothing is named, the time is shorter than four weeks, or another metric's.
 */
export function rebaseline(
  previous: FrozenReference | undefined,
  next: Omit<FrozenReference, 'version'>,
): FrozenReference {
  if (next.by.trim() === '') throw new RangeError('Say who sets the new reference.');
  if (next.reason.trim() === '') throw new RangeError('Say why the old reference no longer holds.');
  if (next.untilHour - next.fromHour < LEAST_REFERENCE_HOURS) {
    throw new RangeError(
      `A reference needs four weeks (${LEAST_REFERENCE_HOURS} hours), not ${next.untilHour - next.fromHour} hours.`,
    );
  }
  if (previous !== undefined && previous.metric !== next.metric) {
    throw new RangeError(`The reference of ${previous.metric} cannot become one of ${next.metric}.`);
  }
  return { ...next, version: (previous?.version ?? 0) + 1 };
}
