import { COUNTS, type CountName, HISTOGRAMS, type HistogramName, type MetricName } from '../../metrics/metric-table.ts';
import { DELTA_TEMPORALITY, explicitBounds, RESOURCE_KEYS, type Slice } from '../../metrics/otlp.ts';
import { cellOf, type HistogramShape, toUnits, zeros } from '../../metrics/shape.ts';
import type { Ms } from '../../units.ts';
import { attributesOf, fieldOf, finite, isObject, listAt, OtlpFault, timeMs, whole, wholes } from './otlp-values.ts';

/** One batch of one device, checked. */
export interface DeviceBatch {
  readonly batchId: string;
  readonly sessionKey: string;
  readonly slice: Slice;
  /** When the last of it was measured, by the server's clock within {@link EARLIEST_MS} and {@link LATEST_MS}. */
  readonly endMs: Ms;
  readonly tallies: ReadonlyMap<MetricName, { readonly counts: readonly number[]; readonly sum: number }>;
}

/** As long as the ids of batches are remembered: what is older could be counted twice. */
export const EARLIEST_MS: Ms = 48 * 3_600_000;
/** Clocks of devices may be so far ahead. */
export const LATEST_MS: Ms = 5 * 60_000;
/** More of one metric than a device counts between two flushes, samples apart. */
const MOST_COUNTED = 100_000;
/** Three hours of samples at 16 kHz. */
const MOST_SAMPLES = 200_000_000;
const MOST_METRICS = 100;

/** Made once: they are compared with those of every point. */
const EXPLICIT_BOUNDS: ReadonlyMap<HistogramShape, readonly number[]> = new Map(
  Object.values(HISTOGRAMS).map(({ shape }) => [shape, explicitBounds(shape)]),
);

const DEVICES: ReadonlySet<string> = new Set<Slice['device']>(['phone', 'desktop']);
const BROWSERS: ReadonlySet<string> = new Set<Slice['browser']>(['chromium', 'firefox', 'webkit', 'other']);

/**
 * Reads one element of `resourceMetrics`, OTLP's JSON mapping.
 *
 * @param path Of the element, for the messages.
 * @throws OtlpFault naming the place, what is wrong with it and what would be right.
 */
export function readResourceMetrics(resourceMetrics: unknown, path: string, nowMs: Ms): DeviceBatch {
  const resource = fieldOf(resourceMetrics, 'resource', path);
  const said = attributesOf(fieldOf(resource, 'attributes', `${path}.resource`), `${path}.resource.attributes`);
  const attribute = (key: string, pattern: RegExp): string => {
    const value = said.get(key);
    if (value === undefined) throw new OtlpFault(`${path}.resource`, `the attribute ${key} is missing`);
    if (!pattern.test(value)) throw new OtlpFault(`${path}.resource`, `the attribute ${key} must match ${pattern}`);
    return value;
  };
  const oneOf = (key: string, known: ReadonlySet<string>): string => {
    const value = attribute(key, /^/);
    if (known.has(value)) return value;
    throw new OtlpFault(`${path}.resource`, `the attribute ${key} must be one of ${[...known].join(', ')}`);
  };
  const batchId = attribute(RESOURCE_KEYS.batch, /^[\w-]{16,64}$/);
  const sessionKey = attribute(RESOURCE_KEYS.session, /^[\w-]{16,64}$/);
  const slice: Slice = {
    release: attribute(RESOURCE_KEYS.release, /^[\w.:-]{1,64}$/),
    locale: attribute(RESOURCE_KEYS.locale, /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/),
    device: oneOf(RESOURCE_KEYS.device, DEVICES) as Slice['device'],
    browser: oneOf(RESOURCE_KEYS.browser, BROWSERS) as Slice['browser'],
  };
  const tallies = new Map<MetricName, { counts: number[]; sum: number }>();
  let endMs = Number.NEGATIVE_INFINITY;
  for (const [scopeAt, scope] of listAt(resourceMetrics, 'scopeMetrics', path).entries()) {
    const scopePath = `${path}.scopeMetrics[${scopeAt}]`;
    for (const [at, metric] of listAt(scope, 'metrics', scopePath).entries()) {
      const metricPath = `${scopePath}.metrics[${at}]`;
      if (tallies.size >= MOST_METRICS) throw new OtlpFault(metricPath, `more than ${MOST_METRICS} metrics`);
      const { name, counts, sum, latestMs } = readMetric(metric, metricPath, nowMs);
      if (tallies.has(name)) throw new OtlpFault(metricPath, `${name} comes twice`);
      tallies.set(name, { counts, sum });
      endMs = Math.max(endMs, latestMs);
    }
  }
  if (tallies.size === 0) throw new OtlpFault(`${path}.scopeMetrics`, 'there are no metrics in it');
  return { batchId, sessionKey, slice, endMs, tallies };
}

interface ReadMetric {
  readonly name: MetricName;
  readonly counts: number[];
  readonly sum: number;
  readonly latestMs: Ms;
}

function readMetric(metric: unknown, path: string, nowMs: Ms): ReadMetric {
  const name = fieldOf(metric, 'name', path);
  if (typeof name !== 'string') throw new OtlpFault(`${path}.name`, 'it must be a text');
  if (Object.hasOwn(HISTOGRAMS, name)) return readHistogram(metric, name as HistogramName, path, nowMs);
  if (Object.hasOwn(COUNTS, name)) return readCount(metric, name as CountName, path, nowMs);
  throw new OtlpFault(`${path}.name`, `${JSON.stringify(name.slice(0, 60))} is no metric of Ossicle`);
}

function readHistogram(metric: unknown, name: HistogramName, path: string, nowMs: Ms): ReadMetric {
  const { shape, unit } = HISTOGRAMS[name];
  const kind = shape.kind === 'even' ? 'histogram' : 'exponentialHistogram';
  const points = pointsOf(metric, kind, unit, path);
  if (points.length !== 1) throw new OtlpFault(`${path}.${kind}.dataPoints`, `${name} has one point`);
  const pointPath = `${path}.${kind}.dataPoints[0]`;
  const point = points[0];
  const counts =
    shape.kind === 'even' ? evenCounts(point, shape, pointPath) : exponentialCounts(point, shape, pointPath);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > MOST_COUNTED) throw new OtlpFault(pointPath, `more than ${MOST_COUNTED} values`);
  const stated = whole(fieldOf(point, 'count', pointPath), `${pointPath}.count`);
  if (stated !== total) throw new OtlpFault(`${pointPath}.count`, `it is ${stated}, the buckets hold ${total}`);
  const sum = Math.round(finite(fieldOf(point, 'sum', pointPath), `${pointPath}.sum`) / shape.resolution);
  const [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map((end) => toUnits(shape, end));
  if (sum < lowest! * total || sum > highest! * total) {
    throw new OtlpFault(`${pointPath}.sum`, 'no values in the range of the bins add up to it');
  }
  return { name, counts, sum, latestMs: latestOf(point, pointPath, nowMs) };
}

function evenCounts(point: unknown, shape: HistogramShape, path: string): number[] {
  const bounds = listAt(point, 'explicitBounds', path);
  const own = EXPLICIT_BOUNDS.get(shape)!;
  if (bounds.length !== own.length || own.some((bound, at) => bounds[at] !== bound)) {
    throw new OtlpFault(`${path}.explicitBounds`, `they must be ${own[0]}, ${own[1]} … ${own.at(-1)}`);
  }
  const counts = wholes(point, 'bucketCounts', path);
  if (counts.length === own.length + 1) return [...counts];
  throw new OtlpFault(`${path}.bucketCounts`, `there must be ${own.length + 1}`);
}

function exponentialCounts(
  point: unknown,
  shape: Extract<HistogramShape, { kind: 'exponential' }>,
  path: string,
): number[] {
  const scale = fieldOf(point, 'scale', path);
  if (scale !== shape.scale) throw new OtlpFault(`${path}.scale`, `it must be ${shape.scale}`);
  const counts = zeros(shape);
  counts[0] = whole(isObject(point) ? (point['zeroCount'] ?? '0') : '0', `${path}.zeroCount`);
  const positive = fieldOf(point, 'positive', path);
  const offset = isObject(positive) ? (positive['offset'] ?? 0) : 0;
  const buckets = wholes(positive, 'bucketCounts', `${path}.positive`);
  const first = typeof offset === 'number' && Number.isInteger(offset) ? offset - shape.from + 1 : -1;
  if (first < 1 || first + buckets.length > counts.length) {
    throw new OtlpFault(`${path}.positive`, `its buckets must lie from ${shape.from} to ${shape.to - 1}`);
  }
  for (const [at, count] of buckets.entries()) counts[first + at] = count;
  return counts;
}

function readCount(metric: unknown, name: CountName, path: string, nowMs: Ms): ReadMetric {
  const { shape, unit } = COUNTS[name];
  const points = pointsOf(metric, 'sum', unit, path);
  if (isObject(metric) && isObject(metric['sum']) && metric['sum']['isMonotonic'] !== true) {
    throw new OtlpFault(`${path}.sum.isMonotonic`, 'it must be true');
  }
  const counts = zeros(shape);
  if (points.length > counts.length)
    throw new OtlpFault(`${path}.sum.dataPoints`, `there are at most ${counts.length}`);
  const keys = Object.keys(shape.attributes);
  const most = unit === '{sample}' ? MOST_SAMPLES : MOST_COUNTED;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const [at, point] of points.entries()) {
    const pointPath = `${path}.sum.dataPoints[${at}]`;
    const said = keys.length === 0 ? new Map() : attributesOf(fieldOf(point, 'attributes', pointPath), pointPath);
    const cell = cellOf(
      shape,
      keys.map((key) => said.get(key) ?? ''),
    );
    if (cell < 0) throw new OtlpFault(`${pointPath}.attributes`, `${name} has no such ${keys.join(', ')}`);
    counts[cell] = counts[cell]! + whole(fieldOf(point, 'asInt', pointPath), `${pointPath}.asInt`);
    if (counts[cell]! > most) throw new OtlpFault(`${pointPath}.asInt`, `more than ${most}`);
    latestMs = Math.max(latestMs, latestOf(point, pointPath, nowMs));
  }
  if (points.length === 0) throw new OtlpFault(`${path}.sum.dataPoints`, 'there are none');
  return { name, counts, sum: 0, latestMs };
}

function pointsOf(metric: unknown, kind: string, unit: string, path: string): readonly unknown[] {
  const stated = fieldOf(metric, 'unit', path);
  if (stated !== unit) throw new OtlpFault(`${path}.unit`, `it must be ${JSON.stringify(unit)}`);
  const body = fieldOf(metric, kind, path);
  if (fieldOf(body, 'aggregationTemporality', `${path}.${kind}`) !== DELTA_TEMPORALITY) {
    throw new OtlpFault(`${path}.${kind}.aggregationTemporality`, `it must be ${DELTA_TEMPORALITY} (delta)`);
  }
  return listAt(body, 'dataPoints', `${path}.${kind}`);
}

function latestOf(point: unknown, path: string, nowMs: Ms): Ms {
  const startMs = timeMs(fieldOf(point, 'startTimeUnixNano', path), `${path}.startTimeUnixNano`);
  const endMs = timeMs(fieldOf(point, 'timeUnixNano', path), `${path}.timeUnixNano`);
  if (endMs > nowMs + LATEST_MS) throw new OtlpFault(`${path}.timeUnixNano`, 'it lies in the future');
  if (startMs < nowMs - EARLIEST_MS) throw new OtlpFault(`${path}.startTimeUnixNano`, 'it lies more than 48 h back');
  if (startMs > endMs) throw new OtlpFault(`${path}.startTimeUnixNano`, 'it lies after timeUnixNano');
  return endMs;
}
