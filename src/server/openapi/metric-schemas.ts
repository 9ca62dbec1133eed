import { METRIC_PROFILES } from '../metric-store/metric-profile.ts';
import type { MetricCatalogue, MetricSeries, SeriesPoint } from '../metric-store/metric-series.ts';
import { RESOLUTIONS } from '../metric-store/resolution.ts';
import { type JsonSchema, objectOf } from './json-schema.ts';

const text: JsonSchema = { type: 'string' };
const group: JsonSchema = { enum: ['software', 'input', 'output'] };
const profile: JsonSchema = { enum: METRIC_PROFILES };
const leastSessions: JsonSchema = {
  type: 'integer',
  minimum: 1,
  description: 'Sessions that a point is of, at least, when it is told.',
};
const quantile: JsonSchema = { type: 'number', description: "In the metric's unit, off by less than a bin." };

/** Schemas of the devices' metrics, by name. */
export const METRIC_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ExportMetricsServiceResponse: {
    type: 'object',
    properties: {
      partialSuccess: {
        type: 'object',
        properties: { rejectedDataPoints: { type: 'string', pattern: '^[0-9]+$' }, errorMessage: text },
        required: ['rejectedDataPoints', 'errorMessage'],
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  MetricCatalogue: objectOf<MetricCatalogue>({
    profile,
    leastSessions,
    metrics: {
      type: 'array',
      items: objectOf<MetricCatalogue['metrics'][number]>({
        name: text,
        unit: { type: 'string', description: 'UCUM.' },
        group,
        shape: { type: 'object', description: 'Its bins: even, exponential or count.' },
      }),
    },
    slices: {
      type: 'array',
      items: objectOf<MetricCatalogue['slices'][number]>({ release: text, locale: text, device: text, browser: text }),
    },
  }),
  MetricSeries: objectOf<MetricSeries>({
    metric: text,
    unit: text,
    group,
    profile,
    step: { enum: RESOLUTIONS },
    leastSessions,
    points: {
      type: 'array',
      items: objectOf<SeriesPoint>(
        {
          startMs: { type: 'integer', description: 'Epoch time at which its cell begins.' },
          isSuppressed: { type: 'boolean', description: 'It is of too few sessions: nothing else is told.' },
          count: { type: 'integer', minimum: 0 },
          counts: { type: 'array', items: { type: 'integer', minimum: 0 } },
          sum: { type: 'number' },
          p50: quantile,
          p90: quantile,
          p95: quantile,
        },
        'count',
        'counts',
        'sum',
        'p50',
        'p90',
        'p95',
      ),
    },
  }),
};
