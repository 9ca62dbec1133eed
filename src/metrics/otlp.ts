import type { Ms } from '../units.ts';
import { COUNTS, HISTOGRAMS, METRICS, type MetricName } from './metric-table.ts';
import type { MetricBatch } from './recorder.ts';
import { type HistogramShape, upperEdges, valuesOf } from './shape.ts';

/** Attributes of the resource that OTLP calls the sender. */
export const RESOURCE_KEYS: {
  readonly service: 'service.name';
  readonly release: 'voice.release';
  readonly locale: 'voice.locale';
  readonly device: 'voice.device';
  readonly browser: 'voice.browser';
  readonly session: 'session.id';
  readonly batch: 'voice.batch.id';
} = {
  service: 'service.name',
  release: 'voice.release',
  locale: 'voice.locale',
  device: 'voice.device',
  browser: 'voice.browser',
  session: 'session.id',
  batch: 'voice.batch.id',
};

/** By what figures can be told apart, coarse enough to single nobody out. */
export interface Slice {
  /** Release of the recogniser that answered; `unknown` before it did, or when the server does not tell. */
  readonly release: string;
  /** BCP 47 language of the speech. */
  readonly locale: string;
  readonly device: 'phone' | 'desktop';
  readonly browser: 'chromium' | 'firefox' | 'webkit' | 'other';
}

/** Who sends a batch. */
export interface BatchSender extends Slice {
  /** Random, renewed every 24 h. */
  readonly sessionKey: string;
  /** Random, another one for every batch: a batch that arrives twice counts once. */
  readonly batchId: string;
}

/** A key and a value of OTLP. */
export interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

/** 1, delta: each batch tells what happened since the last one. Source: opentelemetry-proto 1.7, metrics.proto. */
export const DELTA_TEMPORALITY = 1;

/**
 * A batch as `ExportMetricsServiceRequest` in OTLP's JSON mapping: 64-bit integers are strings, enums numbers.
 *
 * Source: OpenTelemetry Protocol specification 1.7, "JSON Protobuf Encoding".
 */
export function otlpJson(batch: MetricBatch, sender: BatchSender): string {
  const startTimeUnixNano = nanoseconds(batch.startMs);
  const timeUnixNano = nanoseconds(batch.endMs);
  const times = { startTimeUnixNano, timeUnixNano };
  const metrics: object[] = [];
  for (const [name, { counts, sum }] of batch.histograms) {
    const { shape } = HISTOGRAMS[name];
    const count = String(counts.reduce((total, each) => total + each, 0));
    const point = { ...times, count, sum: sum * shape.resolution, ...buckets(shape, counts) };
    const kind = shape.kind === 'even' ? 'histogram' : 'exponentialHistogram';
    metrics.push(named(name, { [kind]: { aggregationTemporality: DELTA_TEMPORALITY, dataPoints: [point] } }));
  }
  for (const [name, counts] of batch.counts) {
    const { shape } = COUNTS[name];
    const keys = Object.keys(shape.attributes);
    const dataPoints = [...counts.entries()]
      .filter(([, count]) => count > 0)
      .map(([cell, count]) => {
        const values = valuesOf(shape, cell);
        return { ...times, attributes: keys.map((key, at) => attribute(key, values[at]!)), asInt: String(count) };
      });
    metrics.push(named(name, { sum: { aggregationTemporality: DELTA_TEMPORALITY, isMonotonic: true, dataPoints } }));
  }
  const { release, locale, device, browser, sessionKey, batchId } = sender;
  const said = { service: 'ossicle', release, locale, device, browser, session: sessionKey, batch: batchId };
  const attributes = Object.entries(said).map(([key, value]) =>
    attribute(RESOURCE_KEYS[key as keyof typeof RESOURCE_KEYS], value),
  );
  return JSON.stringify({
    resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ scope: { name: 'ossicle' }, metrics }] }],
  });
}

/** Upper bounds of a metric's bins as they are sent: those of an explicit histogram. */
export function explicitBounds(shape: HistogramShape): number[] {
  // Rounded: 0.15 is to be 0.15, whatever 3 * 0.05 is.
  return upperEdges(shape).map((edge) => Number((edge * shape.resolution).toPrecision(12)));
}

function buckets(shape: HistogramShape, counts: readonly number[]): object {
  if (shape.kind === 'even') return { bucketCounts: counts.map(String), explicitBounds: explicitBounds(shape) };
  const { scale, from } = shape;
  const [zeroCount = 0, ...positive] = counts;
  const first = positive.findIndex((count) => count > 0);
  const last = positive.findLastIndex((count) => count > 0);
  return {
    scale,
    zeroCount: String(zeroCount),
    zeroThreshold: 2 ** (from / 2 ** scale),
    // Bucket i of OTLP holds base ** i < v <= base ** (i + 1).
    positive: {
      offset: from + Math.max(first, 0),
      bucketCounts: positive.slice(Math.max(first, 0), last + 1).map(String),
    },
  };
}

function named(name: MetricName, points: object): object {
  return { name, unit: METRICS[name].unit, ...points };
}

function attribute(key: string, stringValue: string): OtlpAttribute {
  return { key, value: { stringValue } };
}

/** Nanoseconds do not fit into a number: the milliseconds are whole. */
function nanoseconds(epochMs: Ms): string {
  return `${Math.floor(epochMs)}000000`;
}
