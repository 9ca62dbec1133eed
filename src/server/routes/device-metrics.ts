import { METRIC_NAMES } from '../../metrics/metric-table.ts';
import type { Slice } from '../../metrics/otlp.ts';
import type { Ms } from '../../units.ts';
import type { Caller } from '../callers.ts';
import { metricCatalogue, metricSeries } from '../metric-store/metric-series.ts';
import { type DeviceBatch, readResourceMetrics } from '../metric-store/otlp-reader.ts';
import { listAt, OtlpFault } from '../metric-store/otlp-values.ts';
import { RESOLUTIONS, type Resolution } from '../metric-store/resolution.ts';
import type { VoiceMetrics } from '../metric-store/voice-metrics.ts';
import { RefusedRequest } from '../openai-error.ts';

/** Some forty full batches in one request, as a collector packs them. */
const MAX_BODY_BYTES: number = 1024 * 1024;
const MOST_RESOURCES = 512;
/** Points of one answer, at most: a month of hours fits well. */
const MOST_POINTS = 3_000;

/**
 * `POST /v1/metrics`: takes OTLP/HTTP JSON. Answers when all of it is on the disk.
 *
 * One device's batch is one element of `resourceMetrics`; of several, those at fault are refused and named in
 * `partialSuccess`, and the others count. A batch that comes again is answered as before and counts once.
 *
 * Source: OpenTelemetry Protocol specification 1.7, "OTLP/HTTP", "Partial Success".
 *
 * @throws RefusedRequest 400, 404, 413, 415 or 429.
 */
export async function postDeviceMetrics(request: Request, metrics: VoiceMetrics | undefined): Promise<Response> {
  const { ingest, nowMs } = requireMetrics(metrics);
  const elements = resourcesOf(await readJson(request));
  const batches: DeviceBatch[] = [];
  const faults: string[] = [];
  let isTooOften = false;
  for (const [at, element] of elements.entries()) {
    try {
      const batch = readResourceMetrics(element, `resourceMetrics[${at}]`, nowMs());
      if (ingest.admits(batch.sessionKey)) batches.push(batch);
      else isTooOften = true;
    } catch (error) {
      if (!(error instanceof OtlpFault)) throw error;
      faults.push(error.message);
    }
  }
  if (batches.length === 0 && faults.length > 0) throw malformed(faults[0]!);
  if (batches.length === 0) {
    throw new RefusedRequest({
      status: 429,
      message: 'This session sent too many batches in a minute. Send it again after the time in Retry-After.',
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 60,
    });
  }
  const isNew = await Promise.all(batches.map((batch) => ingest.add(batch)));
  const rejectedCount = elements.length - batches.length;
  const repeats = isNew.filter((each) => !each).length;
  const words = [
    ...faults.slice(0, 1),
    ...(isTooOften ? ['A session sent too many batches in a minute.'] : []),
    ...(repeats > 0 ? [`${repeats === 1 ? 'A batch' : `${repeats} batches`} came before and counted then.`] : []),
  ];
  if (words.length === 0) return Response.json({});
  // The protocol counts points; a device's batch is all or nothing.
  return Response.json({
    partialSuccess: { rejectedDataPoints: String(rejectedCount), errorMessage: words.join(' ') },
  });
}

/**
 * `GET /v1/metrics`: the metrics, the slices and the profile.
 *
 * @throws RefusedRequest 403 for a page's token, 404 when none are kept.
 */
export function getMetricCatalogue(metrics: VoiceMetrics | undefined, caller: Caller): Response {
  requireOperator(caller);
  return Response.json(metricCatalogue(requireMetrics(metrics)), { headers: { 'Cache-Control': 'no-store' } });
}

/**
 * `GET /v1/metrics/series?metric=…&step=hour&from=…&to=…`: one metric over time.
 *
 * @throws RefusedRequest 400 naming the parameter at fault, 403 for a page's token, 404 when no metrics are kept.
 */
export function getMetricSeries(url: URL, metrics: VoiceMetrics | undefined, caller: Caller): Response {
  requireOperator(caller);
  const kept = requireMetrics(metrics);
  const query = url.searchParams;
  const metric = oneOf(query, 'metric', METRIC_NAMES);
  const resolution: Resolution = query.has('step') ? oneOf(query, 'step', RESOLUTIONS) : 'hour';
  const toMs = query.has('to') ? time(query, 'to') : kept.nowMs();
  const fromMs = query.has('from') ? time(query, 'from') : toMs - 24 * 3_600_000;
  if (fromMs >= toMs) throw badParameter('from', 'It must lie before "to".');
  const slice: Partial<Slice> = Object.fromEntries(
    (['release', 'locale', 'device', 'browser'] as const).flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const hasCounts = query.get('counts') === 'true';
  const series = metricSeries(kept, { metric, resolution, fromMs, toMs, slice }, hasCounts);
  if (series.points.length > MOST_POINTS) throw badParameter('step', `That gives more than ${MOST_POINTS} points.`);
  return Response.json(series, { headers: { 'Cache-Control': 'no-store' } });
}

function requireMetrics(metrics: VoiceMetrics | undefined): VoiceMetrics {
  if (metrics !== undefined) return metrics;
  throw new RefusedRequest({
    status: 404,
    message: 'This server keeps no metrics of devices. Install libsql beside it and start it without --telemetry off.',
    code: 'telemetry_unavailable',
  });
}

/** A page's visitor sends figures; how the whole fleet fares is for whoever runs it. */
function requireOperator({ kind }: Caller): void {
  if (kind !== 'token') return;
  throw new RefusedRequest({
    status: 403,
    message: 'Tokens of pages may send metrics, not read them. Use a key.',
    code: 'key_needed',
  });
}

async function readJson(request: Request): Promise<unknown> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    throw new RefusedRequest({
      status: 415,
      message:
        'Send OTLP as application/json. In an OpenTelemetry Collector, set "encoding: json" and "compression: none".',
      code: 'unsupported_content_type',
    });
  }
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw new RefusedRequest({
      status: 415,
      message: 'Send it uncompressed. In an OpenTelemetry Collector, set "compression: none".',
      code: 'unsupported_content_encoding',
    });
  }
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const parts: Uint8Array[] = [];
  let byteCount = 0;
  for await (const part of request.body ?? []) {
    byteCount += part.byteLength;
    if (byteCount > MAX_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw malformed('The body is no JSON.');
  }
}

function resourcesOf(body: unknown): readonly unknown[] {
  try {
    const elements = listAt(body, 'resourceMetrics', 'The request');
    if (elements.length > 0 && elements.length <= MOST_RESOURCES) return elements;
    throw new OtlpFault('resourceMetrics', `there must be 1 to ${MOST_RESOURCES}, not ${elements.length}`);
  } catch (error) {
    throw error instanceof OtlpFault ? malformed(error.message) : error;
  }
}

function malformed(message: string): RefusedRequest {
  return new RefusedRequest({ status: 400, message, code: 'invalid_metrics' });
}

function tooLarge(): RefusedRequest {
  return new RefusedRequest({
    status: 413,
    message: `The metrics are larger than ${MAX_BODY_BYTES / 1024} kB. Send fewer batches at once.`,
    code: 'metrics_too_large',
  });
}

function badParameter(param: string, why: string): RefusedRequest {
  return new RefusedRequest({ status: 400, message: `"${param}": ${why}`, param, code: 'invalid_value' });
}

function oneOf<T extends string>(query: URLSearchParams, param: string, known: readonly T[]): T {
  const value = known.find((each) => each === query.get(param));
  if (value === undefined) throw badParameter(param, `It must be one of ${known.join(', ')}.`);
  return value;
}

/** Epoch milliseconds, or a date and time as ISO 8601 writes it. */
function time(query: URLSearchParams, param: string): Ms {
  const text = query.get(param) ?? '';
  const timeMs = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(timeMs)) return timeMs;
  throw badParameter(param, 'It must be milliseconds since 1970, or a time as 2026-01-31T12:00:00Z.');
}
