import { beforeEach, describe, expect, it } from 'vitest';
import { MetricSender, type SendResult } from '../../src/metrics/metric-sender.ts';
import { COUNTS, HISTOGRAMS, type HistogramName, METRIC_NAMES } from '../../src/metrics/metric-table.ts';
import type { Slice } from '../../src/metrics/otlp.ts';
import { rate, THRESHOLDS } from '../../src/metrics/rating.ts';
import { Recorder } from '../../src/metrics/recorder.ts';
import { everyMetric } from '../every-metric.ts';
import { otlpFaults } from '../otlp-schema.ts';

const DAY_MS = 24 * 3_600_000;
const SLICE: Slice = { release: 'moonshine-tiny-en', locale: 'en', device: 'phone', browser: 'chromium' };

/** A site's storage and network, at the outer edge. */
class Outside {
  nowMs = 1_750_000_000_000;
  stored: string | undefined;
  answer: SendResult = 'taken';
  readonly arrived: string[] = [];
  #ids = 0;

  sender(recorder: Recorder): MetricSender {
    return new MetricSender(recorder, () => SLICE, {
      send: async (body) => {
        this.arrived.push(body);
        return this.answer;
      },
      kept: () => this.stored,
      keep: (text) => {
        this.stored = text;
      },
      nowMs: () => this.nowMs,
      randomHex: (byteCount) => (++this.#ids).toString(16).padStart(2 * byteCount, '0'),
    });
  }

  recorder(): Recorder {
    return new Recorder(() => this.nowMs);
  }
}

function resourceOf(body: string): Record<string, string> {
  const [{ resource }] = JSON.parse(body).resourceMetrics;
  const said = resource.attributes as { key: string; value: { stringValue: string } }[];
  return Object.fromEntries(said.map(({ key, value }) => [key, value.stringValue]));
}

let outside: Outside;
beforeEach(() => {
  outside = new Outside();
});

describe('a batch', () => {
  it('follows the schema of OTLP, with every metric of the table', async () => {
    const recorder = outside.recorder();
    everyMetric(recorder, 1);
    await outside.sender(recorder).flush();
    const request = JSON.parse(outside.arrived[0]!);
    expect(otlpFaults(request)).toEqual([]);
    const { metrics } = request.resourceMetrics[0].scopeMetrics[0];
    expect(metrics.map(({ name }: { name: string }) => name).sort()).toEqual([...METRIC_NAMES].sort());
  });

  it('gives every histogram as many bins as bounds ask for, and counts that add up', async () => {
    const recorder = outside.recorder();
    everyMetric(recorder, 2);
    await outside.sender(recorder).flush();
    const { metrics } = JSON.parse(outside.arrived[0]!).resourceMetrics[0].scopeMetrics[0];
    const total = (counts: string[]): number => counts.reduce((sum, count) => sum + Number(count), 0);
    for (const { name, unit, histogram, exponentialHistogram, sum } of metrics) {
      const point = (histogram ?? exponentialHistogram ?? sum).dataPoints[0];
      expect(unit, name).toBe({ ...HISTOGRAMS, ...COUNTS }[name as HistogramName].unit);
      if (histogram !== undefined) {
        expect(point.bucketCounts).toHaveLength(point.explicitBounds.length + 1);
        expect(total(point.bucketCounts)).toBe(Number(point.count));
      }
      if (exponentialHistogram !== undefined) {
        expect(total(point.positive.bucketCounts) + Number(point.zeroCount)).toBe(Number(point.count));
      }
    }
  });

  it('puts a time of 1.5 s into the bucket whose bounds hold it', async () => {
    const recorder = outside.recorder();
    recorder.record('voice.search.duration', 1.5);
    await outside.sender(recorder).flush();
    const [metric] = JSON.parse(outside.arrived[0]!).resourceMetrics[0].scopeMetrics[0].metrics;
    const { scale, positive, sum } = metric.exponentialHistogram.dataPoints[0];
    const base = 2 ** (2 ** -scale);
    expect(positive.bucketCounts).toEqual(['1']);
    expect(base ** positive.offset).toBeLessThan(1.5);
    expect(base ** (positive.offset + 1)).toBeGreaterThanOrEqual(1.5);
    expect(sum).toBeCloseTo(1.5, 9);
  });

  it('names its sender by random values only', async () => {
    const recorder = outside.recorder();
    recorder.record('voice.input.snr', 20);
    await outside.sender(recorder).flush();
    expect(resourceOf(outside.arrived[0]!)).toEqual({
      'service.name': 'ossicle',
      'voice.release': 'moonshine-tiny-en',
      'voice.locale': 'en',
      'voice.device': 'phone',
      'voice.browser': 'chromium',
      'session.id': '1'.padStart(32, '0'),
      'voice.batch.id': '2'.padStart(32, '0'),
    });
  });

  it('is not sent when nothing was recorded', async () => {
    await outside.sender(outside.recorder()).flush();
    expect(outside.arrived).toEqual([]);
  });
});

describe('sending', () => {
  it('names each batch anew and keeps the session for a day', async () => {
    const recorder = outside.recorder();
    const sender = outside.sender(recorder);
    for (const afterMs of [0, 60_000, DAY_MS]) {
      outside.nowMs += afterMs;
      recorder.record('voice.input.snr', 20);
      await sender.flush();
    }
    const sent = outside.arrived.map(resourceOf);
    expect(new Set(sent.map((each) => each['voice.batch.id'])).size).toBe(3);
    expect(sent[1]?.['session.id']).toBe(sent[0]?.['session.id']);
    expect(sent[2]?.['session.id']).not.toBe(sent[0]?.['session.id']);
  });

  it('keeps what could not be sent over a reload, and sends the same bytes then', async () => {
    const recorder = outside.recorder();
    outside.answer = 'later';
    recorder.record('voice.input.snr', 20);
    await outside.sender(recorder).flush();
    outside.answer = 'taken';
    await outside.sender(outside.recorder()).flush();
    expect(outside.arrived).toHaveLength(2);
    expect(outside.arrived[1]).toBe(outside.arrived[0]);
    await outside.sender(outside.recorder()).flush();
    expect(outside.arrived).toHaveLength(2);
  });

  it('sends what was refused never again', async () => {
    const recorder = outside.recorder();
    outside.answer = 'refused';
    recorder.record('voice.input.snr', 20);
    await outside.sender(recorder).flush();
    await outside.sender(outside.recorder()).flush();
    expect(outside.arrived).toHaveLength(1);
  });

  it('keeps eight batches at most, and none for more than a day', async () => {
    const recorder = outside.recorder();
    const sender = outside.sender(recorder);
    outside.answer = 'later';
    for (let i = 0; i < 12; i++) {
      recorder.record('voice.input.snr', i);
      await sender.flush();
    }
    expect(JSON.parse(outside.stored!).batches).toHaveLength(8);
    expect(outside.stored!.length).toBeLessThan(250_000);
    outside.answer = 'taken';
    outside.arrived.length = 0;
    outside.nowMs += DAY_MS;
    await outside.sender(outside.recorder()).flush();
    expect(outside.arrived).toEqual([]);
  });

  it.each(['', 'null', '{}', '{"session":{"key":1}}', '[', '{"session":{"key":"a","sinceMs":1},"batches":[{}]}'])(
    'begins anew when the storage holds %j',
    async (stored) => {
      outside.stored = stored;
      const recorder = outside.recorder();
      recorder.record('voice.input.snr', 20);
      await outside.sender(recorder).flush();
      expect(outside.arrived).toHaveLength(1);
    },
  );
});

describe('ratings', () => {
  it('are good up to the first threshold and poor beyond the second, whichever way is better', () => {
    for (const [name, [good, poor]] of Object.entries(THRESHOLDS)) {
      const beyond = poor + Math.sign(poor - good) * 0.001;
      expect([good, (good + poor) / 2, poor, beyond].map((value) => rate(name as HistogramName, value))).toEqual([
        'good',
        'needs-improvement',
        'needs-improvement',
        'poor',
      ]);
    }
    expect(rate('voice.input.gain', 12)).toBeUndefined();
  });

  it('come with every value told', () => {
    const told: unknown[] = [];
    const recorder = new Recorder(
      () => 0,
      (sample) => told.push(sample),
    );
    recorder.record('voice.search.duration', 0.4);
    recorder.count('voice.search.requests', ['result']);
    recorder.record('voice.input.snr', Number.NaN);
    recorder.count('voice.search.requests', ['no such outcome']);
    expect(told).toEqual([
      { name: 'voice.search.duration', value: 0.4, unit: 's', rating: 'good' },
      { name: 'voice.search.requests', value: 1, unit: '{request}', attributes: { 'voice.search.outcome': 'result' } },
    ]);
  });
});
