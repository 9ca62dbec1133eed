import type { AlarmRule } from './alarm-rule.ts';
import type { Reading } from './alarm-state.ts';
import type { ChartVerdict } from './drift-chart.ts';
import type { MetricDrift } from './drift-comparison.ts';

/** A statistic over one window. */
export interface WindowValue {
  /** In the rule's unit; NaN when nothing was counted. */
  readonly value: number;
  readonly count: number;
}

/** Reads a limit. A count needs no least number of values: to count few is what it may be about. */
export function readLimit({ condition, leastCount, statistic }: AlarmRule, { value, count }: WindowValue): Reading {
  if (condition.kind !== 'limit' || Number.isNaN(value)) return 'unknown';
  if (statistic.kind !== 'count' && count < leastCount) return 'unknown';
  const sign = condition.side === 'above' ? 1 : -1;
  if (sign * value > sign * condition.alarmAt) return 'bad';
  return sign * value <= sign * condition.clearAt ? 'good' : 'between';
}

/** Reads a chart: over only when nothing speaks for the change any more. */
export function readChart({ alarm, heightShare }: ChartVerdict): Reading {
  if (alarm !== null) return 'bad';
  return heightShare === 0 ? 'good' : 'between';
}

/** Reads a comparison of distributions. */
export function readDistribution({ verdict }: MetricDrift): Reading {
  if (verdict === 'too-few') return 'unknown';
  return verdict === 'drift' ? 'bad' : 'good';
}
