import type { Ms } from '../../units.ts';

/** Widths of the cells in which figures are kept. */
export const RESOLUTIONS = ['minute', 'hour', 'day'] as const;
/** One of {@link RESOLUTIONS}. */
export type Resolution = (typeof RESOLUTIONS)[number];

const HOUR_MS: Ms = 3_600_000;
const DAY_MS: Ms = 24 * HOUR_MS;

/** Width of a cell, and how long it is kept after it began. */
export const CELLS: Readonly<Record<Resolution, { readonly widthMs: Ms; readonly keptMs: Ms }>> = {
  minute: { widthMs: 60_000, keptMs: 3 * DAY_MS },
  hour: { widthMs: HOUR_MS, keptMs: 92 * DAY_MS },
  day: { widthMs: DAY_MS, keptMs: 800 * DAY_MS },
};

/** Start of the cell that a time lies in; days are those of UTC. */
export function cellStart(resolution: Resolution, timeMs: Ms): Ms {
  const { widthMs } = CELLS[resolution];
  return Math.floor(timeMs / widthMs) * widthMs;
}
