import type { HistogramName } from './metric-table.ts';

/** How good a value is for the person who waits for it, in the words of web-vitals. */
export type Rating = 'good' | 'needs-improvement' | 'poor';

/** Good up to [0], poor beyond [1]; where [0] is the larger one, more is better. */
export type Thresholds = readonly [good: number, poor: number];

/**
 * Thresholds of the metrics that say something by themselves, in the metric's unit; levels and gains do not.
 *
 * Source: waits: 1 s keeps a flow of thought (Nielsen, Usability Engineering, 1993, ch. 5), 3 s are what a page's visitors
 * bear (Google, "The need for mobile speed", 2016). Processing: a tenth and a half of what sound leaves it. Sound and
 * confidence: this project's own reckoning.
 */
export const THRESHOLDS: Readonly<Partial<Record<HistogramName, Thresholds>>> = {
  'voice.capture.duration': [0.3, 1],
  'voice.vad.duration': [0.1, 0.5],
  'voice.endpoint.delay': [0.5, 1],
  'voice.search.duration': [1, 3],
  'voice.model.load.duration': [10, 30],
  'voice.input.snr': [20, 10],
  'voice.input.clipping': [0, 2],
  'voice.search.confidence': [0.8, 0.5],
};

/** How good a value is; undefined where a metric has no thresholds. */
export function rate(name: HistogramName, value: number): Rating | undefined {
  const thresholds = THRESHOLDS[name];
  if (thresholds === undefined) return undefined;
  const [good, poor] = thresholds;
  const isMoreBetter = good > poor;
  if (isMoreBetter ? value >= good : value <= good) return 'good';
  return (isMoreBetter ? value < poor : value > poor) ? 'poor' : 'needs-improvement';
}
