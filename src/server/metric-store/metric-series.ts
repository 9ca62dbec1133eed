import { METRICS, type MetricGroup, type MetricName } from '../../metrics/metric-table.ts';
import type { Slice } from '../../metrics/otlp.ts';
import { quantile } from '../../metrics/quantile.ts';
import type { Shape } from '../../metrics/shape.ts';
import type { Ms } from '../../units.ts';
import type { CellQuery, StoredCell } from './metric-database.ts';
import type { MetricProfile } from './metric-profile.ts';
import type { Resolution } from './resolution.ts';
import { mergeTallies, type Tally } from './tally.ts';
import type { VoiceMetrics } from './voice-metrics.ts';

/** One point of a series. */
export interface SeriesPoint {
  /** Epoch time at which its cell begins. */
  readonly startMs: Ms;
  /** It is of too few sessions: nothing else is told. */
  readonly isSuppressed: boolean;
  /** Values of a histogram, or things counted. */
  readonly count?: number;
  /** By bin or cell; only where asked for. */
  readonly counts?: readonly number[];
  /** Of a histogram's values, in the metric's unit. */
  readonly sum?: number;
  readonly p50?: number;
  readonly p90?: number;
  readonly p95?: number;
}

/** Answer of `GET /v1/metrics/series`. */
export interface MetricSeries {
  readonly metric: MetricName;
  readonly unit: string;
  readonly group: MetricGroup;
  readonly profile: MetricProfile;
  readonly step: Resolution;
  /** Sessions that a point is of, at least, when it is told. */
  readonly leastSessions: number;
  readonly points: readonly SeriesPoint[];
}

/** Answer of `GET /v1/metrics`: what there is to ask for. */
export interface MetricCatalogue {
  readonly profile: MetricProfile;
  readonly leastSessions: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly unit: string;
    readonly group: MetricGroup;
    readonly shape: Shape;
  }[];
  readonly slices: readonly Slice[];
}

/** The series of a metric over all slices that fit, a point for each cell in which something was counted. */
export function metricSeries(metrics: VoiceMetrics, query: CellQuery, hasCounts: boolean): MetricSeries {
  const { metric, resolution } = query;
  const { unit, group } = METRICS[metric];
  const points = byTime(metrics.database.cells(query)).map(([startMs, tally]) =>
    tally.keys.length < metrics.leastSessions
      ? { startMs, isSuppressed: true }
      : { startMs, isSuppressed: false, ...figures(metric, tally), ...(hasCounts ? { counts: tally.counts } : {}) },
  );
  const { profile, leastSessions } = metrics;
  return { metric, unit, group, profile, step: resolution, leastSessions, points };
}

/** What can be asked for. */
export function metricCatalogue({ profile, leastSessions, database }: VoiceMetrics): MetricCatalogue {
  const metrics = Object.entries(METRICS).map(([name, { unit, group, shape }]) => ({ name, unit, group, shape }));
  return { profile, leastSessions, metrics, slices: database.slices() };
}

function byTime(cells: readonly StoredCell[]): (readonly [Ms, Tally])[] {
  const tallies = new Map<Ms, Tally>();
  for (const { startMs, tally } of cells) {
    const known = tallies.get(startMs);
    tallies.set(startMs, known === undefined ? tally : mergeTallies(known, tally));
  }
  return [...tallies];
}

function figures(metric: MetricName, tally: Tally): Omit<SeriesPoint, 'startMs' | 'isSuppressed' | 'counts'> {
  const { shape } = METRICS[metric];
  const count = tally.counts.reduce((sum, each) => sum + each, 0);
  if (shape.kind === 'count') return { count };
  const at = (share: number): number => quantile(shape, tally, share);
  return { count, sum: tally.sum * shape.resolution, p50: at(0.5), p90: at(0.9), p95: at(0.95) };
}
