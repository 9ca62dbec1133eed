import { METRIC_NAMES } from '../../metrics/metric-table.ts';
import { RESOLUTIONS } from '../metric-store/resolution.ts';
import type { JsonSchema } from './json-schema.ts';
import { COMMON_REFUSALS, errorAnswer, jsonResponse, type OperationObject, type ParameterObject } from './operation.ts';

const NONE_KEPT = errorAnswer('The server keeps no metrics of devices.');

/** What the route reads of it; everything else in it is OpenTelemetry's to describe. */
const OTLP_REQUEST: JsonSchema = {
  type: 'object',
  properties: {
    resourceMetrics: {
      type: 'array',
      items: { type: 'object' },
      description: "One element for each device's batch, 1 to 512, as OTLP's ExportMetricsServiceRequest has them.",
    },
  },
  required: ['resourceMetrics'],
};

/** `POST /v1/metrics`. */
export const postMetricsOperation: OperationObject = {
  operationId: 'postDeviceMetrics',
  summary: 'Metrics of devices',
  description:
    'ExportMetricsServiceRequest of OTLP/HTTP, JSON, delta temporality; the metrics are those of GET /v1/metrics. ' +
    'Answered when they are on the disk. A batch that comes again within 48 h counts once.',
  tags: ['Metrics'],
  requestBody: { required: true, content: { 'application/json': { schema: OTLP_REQUEST } } },
  responses: {
    '200': jsonResponse('They count; partialSuccess tells of those that do not.', 'ExportMetricsServiceResponse'),
    '400': errorAnswer('Not OTLP, not metrics of Ossicle, or impossible figures: the message names the place.'),
    '404': NONE_KEPT,
    '413': errorAnswer('More than 1 MB.'),
    '415': errorAnswer('Not JSON, or compressed.'),
    ...COMMON_REFUSALS,
  },
};

/** `GET /v1/metrics`. */
export const metricCatalogueOperation: OperationObject = {
  operationId: 'getMetricCatalogue',
  summary: 'What metrics of devices there are',
  tags: ['Metrics'],
  responses: {
    '200': jsonResponse('The metrics, the slices and the profile.', 'MetricCatalogue'),
    '404': NONE_KEPT,
    ...COMMON_REFUSALS,
  },
};

/** `GET /v1/metrics/series`. */
export const metricSeriesOperation: OperationObject = {
  operationId: 'getMetricSeries',
  summary: 'One metric over time',
  tags: ['Metrics'],
  parameters: [
    {
      name: 'metric',
      in: 'query',
      required: true,
      description: 'Its OpenTelemetry name.',
      schema: { type: 'string', enum: METRIC_NAMES },
    },
    {
      name: 'step',
      in: 'query',
      description: 'Width of a point.',
      schema: { type: 'string', enum: RESOLUTIONS, default: 'hour' },
    },
    optional('from', 'Milliseconds since 1970, or ISO 8601; a day before "to" unless told.'),
    optional('to', 'Points that begin before it; now unless told.'),
    optional('release', 'Of this release only.'),
    optional('locale', 'Of this language only.'),
    optional('device', 'phone or desktop.'),
    optional('browser', 'chromium, firefox, webkit or other.'),
    optional('counts', '"true": each point with its counts by bin or cell.'),
  ],
  responses: {
    '200': jsonResponse('Its points, in the order of time.', 'MetricSeries'),
    '400': errorAnswer('A parameter is wrong.'),
    '404': NONE_KEPT,
    ...COMMON_REFUSALS,
  },
};

function optional(name: string, description: string): ParameterObject {
  return { name, in: 'query', description, schema: { type: 'string' } };
}
