import type { Dbfs } from '../units.ts';

/** Under this level a meter shows nothing. */
export const METER_FLOOR_DBFS: Dbfs = -60;
/** At this level it is full: loud speech close to a microphone. */
export const METER_FULL_DBFS: Dbfs = -12;

/** How far a level fills a meter, 0..1. */
export function meterFill(rmsDbfs: Dbfs): number {
  const fill = (rmsDbfs - METER_FLOOR_DBFS) / (METER_FULL_DBFS - METER_FLOOR_DBFS);
  return Number.isFinite(fill) ? Math.min(1, Math.max(0, fill)) : 0;
}
