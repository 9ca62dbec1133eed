import { type DriftDirection, levelChart, rateChart } from '../../../src/monitor/drift-chart.ts';
import type { DriftProfile } from '../../../src/monitor/drift-profile.ts';
import type { WeekReference } from '../../../src/monitor/week-reference.ts';
import type { Fleet, SeriesKind } from './fleet.ts';

/** Watches one series, utterance by utterance. */
export interface Detector {
  /** @returns True while it alarms. */
  push(value: number, bin: number, hourInWeek: number): boolean;
}

/** What a detector may learn from before it starts. */
export interface Past {
  readonly kind: SeriesKind;
  readonly week: WeekReference;
  readonly values: readonly number[];
}

/** A way to detect drift. */
export interface Method {
  readonly name: string;
  readonly kinds: readonly SeriesKind[];
  /** @param past Of a fleet without change. */
  start(past: Past, fleet: Fleet): Detector;
}

/** The product's charts: rates watched for a rise, levels and times in both directions. */
export function chartMethod(name: string, profile: DriftProfile): Method {
  return {
    name,
    kinds: ['rate', 'level', 'time'],
    start: ({ kind, week }, fleet) => {
      const direction: DriftDirection = kind === 'rate' ? 'up' : 'both';
      const chart = kind === 'rate' ? rateChart(week, direction, profile) : levelChart(week, direction, profile);
      const one = new Array<number>(fleet.binCount).fill(0);
      let isAlarm = false;
      return {
        push: (_value, bin, hourInWeek) => {
          one[bin] = 1;
          const { alarm, heightShare } = chart.push(hourInWeek, one);
          one[bin] = 0;
          // An alarm stands until as much speaks against the change as spoke for it, as in the product.
          isAlarm = alarm !== null || (isAlarm && heightShare > 0);
          return isAlarm;
        },
      };
    },
  };
}
