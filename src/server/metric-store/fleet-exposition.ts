import { COUNTS, HISTOGRAMS, METRIC_NAMES, METRICS, type MetricName } from '../../metrics/metric-table.ts';
import type { Slice } from '../../metrics/otlp.ts';
import { type HistogramShape, upperEdges, valuesOf } from '../../metrics/shape.ts';
import type { DeviceBatch } from './otlp-reader.ts';
import { mergeTallies, type Tally } from './tally.ts';

/** Buckets of a histogram for Prometheus, at most: it keeps a series for each. */
const MOST_BUCKETS = 24;
/** Source: OpenTelemetry specification, "Prometheus and OpenMetrics compatibility": units in names. */
const UNIT_SUFFIXES: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes', dB: '_dB' };

interface Series {
  /** Shown: it only ever grows by what came of enough sessions together. */
  told: Tally;
  /** What came since. */
  held: Tally;
}

/**
 * The devices' figures since this process started, in Prometheus' text format.
 *
 * Scraped every few seconds, plain totals would show single devices. What comes is held back until it is of enough
 * sessions, and then added at once.
 */
export class FleetExposition {
  readonly #leastSessions: number;
  readonly #series = new Map<MetricName, Map<string, Series>>();

  /** @param leastSessions Sessions that one step of a figure is of, at least. */
  constructor(leastSessions: number) {
    this.#leastSessions = leastSessions;
  }

  /** @param key Tells the batch's session from others, as a whole number below 2^48. */
  add({ slice, tallies }: DeviceBatch, key: number): void {
    const labels = labelText(slice);
    for (const [metric, { counts, sum }] of tallies) {
      let bySlice = this.#series.get(metric);
      if (bySlice === undefined) {
        bySlice = new Map();
        this.#series.set(metric, bySlice);
      }
      let series = bySlice.get(labels);
      if (series === undefined) {
        series = { told: emptyTally(counts.length), held: emptyTally(counts.length) };
        bySlice.set(labels, series);
      }
      const held = mergeTallies(series.held, { counts: [...counts], sum, keys: [key] });
      const isEnough = held.keys.length >= this.#leastSessions;
      series.told = isEnough ? mergeTallies(series.told, held) : series.told;
      series.held = isEnough ? emptyTally(counts.length) : held;
    }
  }

  /** Prometheus' text format, version 0.0.4. */
  text(): string {
    return METRIC_NAMES.flatMap((metric) => {
      const bySlice = [...(this.#series.get(metric) ?? [])].filter(([, { told }]) => told.keys.length > 0);
      return bySlice.length === 0 ? [] : metricLines(metric, bySlice);
    }).join('');
  }
}

function metricLines(metric: MetricName, bySlice: readonly (readonly [string, Series])[]): string[] {
  const { unit, shape } = METRICS[metric];
  const base = metric.replaceAll('.', '_') + (UNIT_SUFFIXES[unit] ?? '');
  const help = `# HELP ${base}${shape.kind === 'count' ? '_total' : ''} ${metric} of the devices.\n`;
  if (shape.kind === 'count') {
    const keys = Object.keys(COUNTS[metric as keyof typeof COUNTS].shape.attributes);
    const lines = bySlice.flatMap(([labels, { told }]) =>
      [...told.counts.entries()].map(([cell, count]) => {
        const values = valuesOf(shape, cell).map((value, at) => `,${keys[at]!.replaceAll('.', '_')}="${value}"`);
        return `${base}_total{${labels}${values.join('')}} ${count}\n`;
      }),
    );
    return [help, `# TYPE ${base}_total counter\n`, ...lines];
  }
  return [
    help,
    `# TYPE ${base} histogram\n`,
    ...bySlice.flatMap(([labels, { told }]) => {
      const total = told.counts.reduce((sum, count) => sum + count, 0);
      return [
        ...bucketLines(HISTOGRAMS[metric as keyof typeof HISTOGRAMS].shape, told, base, labels),
        `${base}_bucket{${labels},le="+Inf"} ${total}\n`,
        `${base}_sum{${labels}} ${told.sum * shape.resolution}\n`,
        `${base}_count{${labels}} ${total}\n`,
      ];
    }),
  ];
}

/** Every so many bins one bucket: its bound is one of theirs, so that its count is exact. */
function bucketLines(shape: HistogramShape, { counts }: Tally, base: string, labels: string): string[] {
  const edges = upperEdges(shape);
  const stride = Math.ceil(edges.length / MOST_BUCKETS);
  const lines: string[] = [];
  let below = 0;
  for (const [bin, edge] of edges.entries()) {
    below += counts[bin]!;
    const bound = Number((edge * shape.resolution).toPrecision(6));
    if (bin % stride === 0) lines.push(`${base}_bucket{${labels},le="${bound}"} ${below}\n`);
  }
  return lines;
}

/** Labels of a slice, whose values hold nothing that would have to be escaped. */
function labelText({ release, locale, device, browser }: Slice): string {
  return `release="${release}",locale="${locale}",device="${device}",browser="${browser}"`;
}

function emptyTally(length: number): Tally {
  return { counts: new Array<number>(length).fill(0), sum: 0, keys: [] };
}
