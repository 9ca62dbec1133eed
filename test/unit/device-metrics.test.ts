import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { METRIC_NAMES, type MetricName } from '../../src/metrics/metric-table.ts';
import type { MetricSeries } from '../../src/server/metric-store/metric-series.ts';
import { VoiceMetrics } from '../../src/server/metric-store/voice-metrics.ts';
import { RefusedRequest } from '../../src/server/openai-error.ts';
import { getMetricCatalogue, getMetricSeries, postDeviceMetrics } from '../../src/server/routes/device-metrics.ts';
import { type BatchFacts, metricBatch, metricRequest } from '../metric-batches.ts';

const NOON_MS = Date.UTC(2026, 4, 20, 12);
const HOUR_MS = 3_600_000;
const OPERATOR = { kind: 'open', id: 'open' } as const;

let nowMs: number;
let metrics: VoiceMetrics;
beforeEach(() => {
  nowMs = NOON_MS;
  metrics = new VoiceMetrics('local', ':memory:', () => nowMs);
});
afterEach(() => metrics.close());

async function post(body: string, headers?: Record<string, string>): Promise<unknown> {
  return (await postDeviceMetrics(metricRequest(body, headers), metrics)).json();
}

function flush(facts: Partial<BatchFacts> = {}): string {
  return metricBatch({ timeMs: nowMs, ...facts });
}

async function refusal(body: string, headers?: Record<string, string>): Promise<RefusedRequest['refusal']> {
  const thrown: unknown = await post(body, headers).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof RefusedRequest) return thrown.refusal;
  throw new Error('It was taken.', { cause: thrown });
}

async function series(metric: MetricName, query: Record<string, string> = {}): Promise<MetricSeries> {
  const parameters = new URLSearchParams({ metric, to: String(nowMs + HOUR_MS), counts: 'true', ...query });
  return getMetricSeries(new URL(`http://localhost/v1/metrics/series?${parameters}`), metrics, OPERATOR).json();
}

/** All that can be asked for. */
async function everything(): Promise<unknown> {
  return Promise.all(METRIC_NAMES.map((name) => series(name, { step: 'minute' })));
}

type Json = Record<string, unknown>;

/** A batch with one value changed: of a metric's JSON, at a path such as `histogram.dataPoints.0.count`. */
function changed(metric: string, path: string, value: unknown): string {
  const request = JSON.parse(flush()) as { resourceMetrics: { scopeMetrics: { metrics: Json[] }[] }[] };
  const metrics = request.resourceMetrics[0]!.scopeMetrics[0]!.metrics;
  const keys = path.split('.');
  const last = keys.pop()!;
  const found = metrics.find(({ name }) => name === metric)!;
  keys.reduce((object, key) => object[key] as Json, found)[last] = value;
  return JSON.stringify(request);
}

/** A batch whose sender says something else of itself. */
function saying(key: string, stringValue: string): string {
  const request = JSON.parse(flush()) as { resourceMetrics: { resource: { attributes: Json[] } }[] };
  request.resourceMetrics[0]!.resource.attributes.find((each) => each['key'] === key)!['value'] = { stringValue };
  return JSON.stringify(request);
}

describe('a batch', () => {
  it('is counted in the minute, the hour and the day', async () => {
    const record: BatchFacts['record'] = (recorder) => {
      for (const snrDb of [10, 12.5, 20]) recorder.record('voice.input.snr', snrDb);
      recorder.count('voice.search.requests', ['result'], 2);
    };
    expect(await post(flush({ record }))).toEqual({});
    for (const step of ['minute', 'hour', 'day']) {
      const { points, unit, profile } = await series('voice.input.snr', { step });
      expect([unit, profile]).toEqual(['dB', 'local']);
      expect(points).toHaveLength(1);
      expect(points[0]).toMatchObject({ count: 3, sum: 42.5, isSuppressed: false });
      expect(points[0]!.p50).toBeGreaterThan(11);
      expect(points[0]!.p50).toBeLessThan(14);
    }
    expect((await series('voice.search.requests')).points[0]).toMatchObject({ count: 2, counts: [2, 0, 0, 0] });
  });

  it('adds up with others to the same figures in whichever order', async () => {
    const bodies = Array.from({ length: 12 }, (_, at) => flush({ seed: at, batch: at, session: at % 5 }));
    for (const body of bodies) await post(body);
    const one = await everything();
    metrics.close();
    metrics = new VoiceMetrics('local', ':memory:', () => nowMs);
    await Promise.all(bodies.toReversed().map((body) => post(body)));
    expect(await everything()).toEqual(one);
  });

  it('counts once, however often it comes', async () => {
    await post(flush());
    const before = await everything();
    const repeats = await Promise.all([post(flush()), post(flush())]);
    for (const repeat of repeats) {
      expect(repeat).toMatchObject({ partialSuccess: { errorMessage: expect.stringContaining('came before') } });
    }
    nowMs += 47 * HOUR_MS;
    await post(metricBatch({ timeMs: NOON_MS }));
    nowMs = NOON_MS;
    expect(await everything()).toEqual(before);
  });

  it('may lie beside others of other devices, and one that is wrong leaves them whole', async () => {
    const [one, other] = [flush(), flush({ batch: 2, session: 2 })].map((body) => JSON.parse(body).resourceMetrics[0]);
    const wrong = { ...structuredClone(other), resource: { attributes: [] } };
    const answer = await post(JSON.stringify({ resourceMetrics: [one, wrong, other] }));
    expect(answer).toEqual({
      partialSuccess: {
        rejectedDataPoints: '1',
        errorMessage: 'resourceMetrics[1].resource: the attribute voice.batch.id is missing.',
      },
    });
    const { points } = await series('voice.input.snr');
    expect(points[0]!.count).toBe(40);
  });

  it('is refused when the session sends more than 30 in a minute', async () => {
    for (let i = 0; i < 30; i++) await post(flush({ batch: i }));
    const before = await everything();
    expect(await refusal(flush({ batch: 31 }))).toMatchObject({ status: 429, retryAfterSeconds: 60 });
    expect(await everything()).toEqual(before);
    nowMs += 60_000;
    expect(await post(flush({ batch: 31 }))).toEqual({});
  });
});

describe('what is wrong', () => {
  const SNR = 'voice.input.snr';
  const TIME = 'voice.search.duration';
  const REQUESTS = 'voice.search.requests';
  const cases: readonly [name: string, body: () => string, message: string | RegExp][] = [
    ['no JSON', () => '{', 'The body is no JSON.'],
    ['no OTLP', () => '{}', 'The request.resourceMetrics: it is missing.'],
    ['nothing', () => '{"resourceMetrics":[]}', 'resourceMetrics: there must be 1 to 512, not 0.'],
    ['no object', () => '{"resourceMetrics":[7]}', 'resourceMetrics[0]: it must be an object.'],
    ['the future', () => flush({ timeMs: nowMs + 6 * 60_000 }), /timeUnixNano: it lies in the future\.$/],
    ['long ago', () => flush({ timeMs: nowMs - 49 * HOUR_MS }), /it lies more than 48 h back\.$/],
    [
      'a negative count',
      () => changed(SNR, 'histogram.dataPoints.0.bucketCounts.3', '-1'),
      /bucketCounts\[3\]: it must be a whole number from 0 up as a string, got -1\.$/,
    ],
    [
      'a negative number of things',
      () => changed(REQUESTS, 'sum.dataPoints.0.asInt', '-5'),
      /asInt: it must be a whole number from 0 up as a string, got -5\.$/,
    ],
    ['half a count', () => changed(SNR, 'histogram.dataPoints.0.bucketCounts.3', 0.5), /got 0\.5\.$/],
    ['a huge count', () => changed(REQUESTS, 'sum.dataPoints.0.asInt', '1000000'), /more than 100000\.$/],
    [
      'a count that does not add up',
      () => changed(SNR, 'histogram.dataPoints.0.count', '7'),
      /count: it is 7, the buckets hold 20\.$/,
    ],
    [
      'a sum that cannot be',
      () => changed(SNR, 'histogram.dataPoints.0.sum', 9e9),
      /no values in the range of the bins add up to it\.$/,
    ],
    [
      'other bounds',
      () => changed(SNR, 'histogram.dataPoints.0.explicitBounds.0', -11),
      /explicitBounds: they must be -10, -9 … 70\.$/,
    ],
    ['another scale', () => changed(TIME, 'exponentialHistogram.dataPoints.0.scale', 4), /scale: it must be 3\.$/],
    [
      'buckets out of range',
      () => changed(TIME, 'exponentialHistogram.dataPoints.0.positive.offset', 47),
      /its buckets must lie from -80 to 47\.$/,
    ],
    [
      'running totals',
      () => changed(SNR, 'histogram.aggregationTemporality', 2),
      /aggregationTemporality: it must be 1 \(delta\)\.$/,
    ],
    ['another unit', () => changed(SNR, 'unit', 'B'), /unit: it must be "dB"\.$/],
    ['an unknown metric', () => changed(SNR, 'name', 'voice.text'), /"voice\.text" is no metric of Ossicle\.$/],
    [
      'an unknown outcome',
      () => changed(REQUESTS, 'sum.dataPoints.0.attributes.0.value.stringValue', 'fine'),
      /voice\.search\.requests has no such voice\.search\.outcome\.$/,
    ],
    [
      'an unknown device',
      () => saying('voice.device', 'Pixel'),
      /the attribute voice\.device must be one of phone, desktop\.$/,
    ],
    [
      'a lasting identifier in place of a language',
      () => saying('voice.locale', 'u@x.org'),
      /the attribute voice\.locale must match/,
    ],
  ];
  it.each(cases)('is refused with words and changes no number: %s', async (_, body, message) => {
    await post(flush({ batch: 99 }));
    const before = await everything();
    const refused = await refusal(body());
    expect(refused).toMatchObject({ status: 400, code: 'invalid_metrics' });
    expect(refused.message).toMatch(message);
    expect(await everything()).toEqual(before);
  });

  it('is refused when it is huge, whatever length it states', async () => {
    const huge = `{"resourceMetrics":[${'0,'.repeat(600_000)}0]}`;
    expect(await refusal(huge)).toMatchObject({ status: 413, code: 'metrics_too_large' });
  });

  it('is refused when it is no JSON by its type, or compressed', async () => {
    expect(await refusal(flush(), { 'Content-Type': 'application/x-protobuf' })).toMatchObject({ status: 415 });
    expect(await refusal(flush(), { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 415 });
  });

  it('is said of a query', async () => {
    const ask = (query: string): Response =>
      getMetricSeries(new URL(`http://localhost/v1/metrics/series?${query}`), metrics, OPERATOR);
    expect(() => ask('metric=voice.text')).toThrow('"metric": It must be one of voice.capture.duration');
    expect(() => ask('metric=voice.input.snr&from=soon')).toThrow('"from": It must be milliseconds since 1970');
    expect(() => ask('metric=voice.input.snr&from=5&to=4')).toThrow('"from": It must lie before "to".');
    expect(() => ask('metric=voice.input.snr&step=week')).toThrow('"step": It must be one of minute, hour, day.');
    const page = { kind: 'token', id: 'visitor' } as const;
    expect(() => getMetricCatalogue(metrics, page)).toThrow('Tokens of pages may send metrics, not read them.');
    expect(() => getMetricCatalogue(undefined, OPERATOR)).toThrow('This server keeps no metrics');
  });
});

describe('slices', () => {
  it('are told apart and added up', async () => {
    await post(flush({ batch: 1 }));
    await post(flush({ batch: 2, slice: { browser: 'firefox', device: 'desktop' } }));
    const counts = async (query: Record<string, string>): Promise<number[]> =>
      (await series('voice.input.snr', query)).points.map(({ count }) => count ?? -1);
    expect(await counts({ browser: 'firefox' })).toEqual([20]);
    expect(await counts({ browser: 'webkit' })).toEqual([]);
    expect(await counts({})).toEqual([40]);
    const { slices } = await getMetricCatalogue(metrics, OPERATOR).json();
    expect(slices).toEqual([
      { release: 'moonshine-tiny-en', locale: 'en', device: 'phone', browser: 'chromium' },
      { release: 'moonshine-tiny-en', locale: 'en', device: 'desktop', browser: 'firefox' },
    ]);
  });

  it('beyond 500 are counted together', async () => {
    for (let i = 0; i < 520; i++) {
      const record: BatchFacts['record'] = (recorder) => recorder.record('voice.input.snr', 20);
      await post(flush({ batch: i, session: i, slice: { release: `release-${i}` }, record }));
    }
    const { slices } = await getMetricCatalogue(metrics, OPERATOR).json();
    expect(slices).toHaveLength(501);
    expect((await series('voice.input.snr', { release: 'other' })).points[0]!.count).toBe(20);
    expect((await series('voice.input.snr')).points[0]!.count).toBe(520);
  });
});

describe('in production', () => {
  beforeEach(() => {
    metrics.close();
    metrics = new VoiceMetrics('production', ':memory:', () => nowMs);
  });

  it('a cell of fewer than 20 sessions is not told', async () => {
    for (let session = 0; session < 19; session++) await post(flush({ batch: session, session }));
    // More of the same people make no difference.
    await post(flush({ batch: 100, session: 3 }));
    expect((await series('voice.input.snr')).points).toEqual([{ startMs: NOON_MS, isSuppressed: true }]);
    expect(metrics.exposition()).toBe('');
    await post(flush({ batch: 101, session: 19 }));
    const [point] = (await series('voice.input.snr')).points;
    expect(point).toMatchObject({ isSuppressed: false, count: 21 * 20 });
    expect(metrics.exposition()).toContain('voice_input_snr_dB_count{release="moonshine-tiny-en",locale="en",');
  });

  it('sessions of two slices add up, each once', async () => {
    for (let session = 0; session < 20; session++) {
      await post(flush({ batch: session, session, slice: { browser: session < 10 ? 'webkit' : 'firefox' } }));
    }
    expect((await series('voice.input.snr')).points[0]!.isSuppressed).toBe(false);
    expect((await series('voice.input.snr', { browser: 'webkit' })).points[0]!.isSuppressed).toBe(true);
  });

  it('Prometheus sees a figure grow only by what is of 20 sessions together', async () => {
    const count = (): string | undefined => /voice_input_snr_dB_count\{[^}]*\} (\d+)/.exec(metrics.exposition())?.[1];
    const seen: (string | undefined)[] = [];
    for (let session = 0; session < 60; session++) {
      await post(flush({ batch: session, session }));
      seen.push(count());
    }
    expect([...new Set(seen)]).toEqual([undefined, '400', '800', '1200']);
  });
});

describe('the database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ossicle-metrics-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is there again after a restart, and knows which batches came', async () => {
    const path = join(folder, 'metrics.db');
    metrics.close();
    metrics = new VoiceMetrics('local', path, () => nowMs);
    await post(flush());
    const before = await everything();
    metrics.close();
    metrics = new VoiceMetrics('local', path, () => nowMs);
    expect(await post(flush())).toMatchObject({ partialSuccess: { rejectedDataPoints: '0' } });
    expect(await everything()).toEqual(before);
  });

  it('holds no key of a session, no batch longer than needed, and minutes for three days', async () => {
    const path = join(folder, 'metrics.db');
    metrics.close();
    metrics = new VoiceMetrics('local', path, () => nowMs);
    const session = 0xfeed_beef_cafe;
    await post(flush({ session }));
    nowMs += 73 * HOUR_MS;
    await post(flush({ batch: 2, session: session + 1 }));
    const from = String(NOON_MS - HOUR_MS);
    expect((await series('voice.input.snr', { step: 'minute', from })).points).toHaveLength(1);
    expect((await series('voice.input.snr', { step: 'hour', from })).points).toHaveLength(2);
    metrics.close();
    const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
    expect(bytes.includes('moonshine-tiny-en')).toBe(true);
    const key = session.toString(16).padStart(32, '0');
    expect(bytes.includes(key) || bytes.includes(Buffer.from(key, 'hex').subarray(-6))).toBe(false);
    metrics = new VoiceMetrics('local', ':memory:', () => nowMs);
  });
});
