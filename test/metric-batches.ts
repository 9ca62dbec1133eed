import { otlpJson, type Slice } from '../src/metrics/otlp.ts';
import { Recorder } from '../src/metrics/recorder.ts';
import { everyMetric } from './every-metric.ts';

/** A slice as most devices are. */
export const PHONES: Slice = { release: 'moonshine-tiny-en', locale: 'en', device: 'phone', browser: 'chromium' };

/** What a batch is of; all that is left out is usual. */
export interface BatchFacts {
  /** Chooses its values. */
  readonly seed?: number;
  readonly batch?: number;
  readonly session?: number;
  readonly timeMs: number;
  readonly slice?: Partial<Slice>;
  /** In place of every metric. */
  readonly record?: (recorder: Recorder) => void;
}

/** The body of one flush, as a device sends it. */
export function metricBatch({ seed = 1, batch = 1, session = 1, timeMs, slice, record }: BatchFacts): string {
  const recorder = new Recorder(() => timeMs);
  if (record === undefined) everyMetric(recorder, seed);
  else record(recorder);
  const taken = recorder.take();
  if (taken === undefined) throw new RangeError('Nothing was recorded.');
  const hex = (number: number): string => number.toString(16).padStart(32, '0');
  return otlpJson(taken, { ...PHONES, ...slice, sessionKey: hex(session), batchId: hex(batch) });
}

/** Posts a flush as a browser does. */
export function metricRequest(body: string, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request('http://localhost/v1/metrics', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
}
