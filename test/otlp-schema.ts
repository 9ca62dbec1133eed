/**
 * The messages of OTLP that carry metrics, field by field, with their protobuf types; `[]` marks repeated fields.
 *
 * Source: opentelemetry-proto 1.7: collector/metrics/v1/metrics_service.proto, metrics/v1/metrics.proto,
 * resource/v1/resource.proto, common/v1/common.proto.
 */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ExportMetricsServiceRequest: { resourceMetrics: 'ResourceMetrics[]' },
  ResourceMetrics: { resource: 'Resource', scopeMetrics: 'ScopeMetrics[]', schemaUrl: 'string' },
  Resource: { attributes: 'KeyValue[]', droppedAttributesCount: 'uint32' },
  ScopeMetrics: { scope: 'InstrumentationScope', metrics: 'Metric[]', schemaUrl: 'string' },
  InstrumentationScope: {
    name: 'string',
    version: 'string',
    attributes: 'KeyValue[]',
    droppedAttributesCount: 'uint32',
  },
  Metric: {
    ...{ name: 'string', description: 'string', unit: 'string', metadata: 'KeyValue[]' },
    ...{ gauge: 'Gauge', sum: 'Sum', histogram: 'Histogram', exponentialHistogram: 'ExponentialHistogram' },
  },
  Gauge: { dataPoints: 'NumberDataPoint[]' },
  Sum: { dataPoints: 'NumberDataPoint[]', aggregationTemporality: 'enum', isMonotonic: 'bool' },
  Histogram: { dataPoints: 'HistogramDataPoint[]', aggregationTemporality: 'enum' },
  ExponentialHistogram: { dataPoints: 'ExponentialHistogramDataPoint[]', aggregationTemporality: 'enum' },
  NumberDataPoint: {
    ...{ attributes: 'KeyValue[]', startTimeUnixNano: 'fixed64', timeUnixNano: 'fixed64' },
    ...{ asDouble: 'double', asInt: 'sfixed64', flags: 'uint32' },
  },
  HistogramDataPoint: {
    ...{ attributes: 'KeyValue[]', startTimeUnixNano: 'fixed64', timeUnixNano: 'fixed64', count: 'fixed64' },
    ...{ sum: 'double', bucketCounts: 'fixed64[]', explicitBounds: 'double[]', flags: 'uint32' },
    ...{ min: 'double', max: 'double' },
  },
  ExponentialHistogramDataPoint: {
    ...{ attributes: 'KeyValue[]', startTimeUnixNano: 'fixed64', timeUnixNano: 'fixed64', count: 'fixed64' },
    ...{ sum: 'double', scale: 'sint32', zeroCount: 'fixed64', positive: 'Buckets', negative: 'Buckets' },
    ...{ flags: 'uint32', min: 'double', max: 'double', zeroThreshold: 'double' },
  },
  Buckets: { offset: 'sint32', bucketCounts: 'uint64[]' },
  KeyValue: { key: 'string', value: 'AnyValue' },
  AnyValue: {
    stringValue: 'string',
    boolValue: 'bool',
    intValue: 'int64',
    doubleValue: 'double',
    bytesValue: 'string',
  },
};

/** How a value looks in protobuf's JSON mapping as OTLP narrows it: 64-bit integers are decimal strings, enums numbers. */
const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  double: (value) => typeof value === 'number' && Number.isFinite(value),
  enum: (value) => Number.isInteger(value),
  uint32: (value) => Number.isInteger(value) && (value as number) >= 0,
  sint32: (value) => Number.isInteger(value),
  fixed64: (value) => typeof value === 'string' && /^\d+$/.test(value),
  uint64: (value) => typeof value === 'string' && /^\d+$/.test(value),
  int64: (value) => typeof value === 'string' && /^-?\d+$/.test(value),
  sfixed64: (value) => typeof value === 'string' && /^-?\d+$/.test(value),
};

/** Everything in a JSON value that OTLP's schema does not allow, each with its path; empty for a valid request. */
export function otlpFaults(value: unknown, type: string = 'ExportMetricsServiceRequest', path: string = '$'): string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((each, at) => otlpFaults(each, type.slice(0, -2), `${path}[${at}]`));
  }
  const scalar = SCALARS[type];
  if (scalar !== undefined) return scalar(value) ? [] : [`${path} is no ${type}: ${JSON.stringify(value)}`];
  const fields = MESSAGES[type];
  if (fields === undefined) throw new Error(`No message ${type}.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no ${type}`];
  return Object.entries(value).flatMap(([name, each]) => {
    const field = fields[name];
    return field === undefined ? [`${path} has no field ${name}`] : otlpFaults(each, field, `${path}.${name}`);
  });
}
