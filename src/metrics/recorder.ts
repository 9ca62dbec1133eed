import type { Ms } from '../units.ts';
import { Histogram, type HistogramState } from './histogram.ts';
import { COUNTS, type CountName, HISTOGRAMS, type HistogramName, type MetricName } from './metric-table.ts';
import { type Rating, rate } from './rating.ts';
import { cellOf, zeros } from './shape.ts';

/** One thing that was measured or happened, as it is told to the page. */
export interface MetricSample {
  readonly name: MetricName;
  /** In {@link MetricSample.unit}; for things that happened, how many. */
  readonly value: number;
  /** UCUM. */
  readonly unit: string;
  /** Where the metric has thresholds. */
  readonly rating?: Rating;
  /** What a counted thing was, by attribute. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What was recorded since the last batch: whole numbers only, no text, no audio, no identifier. */
export interface MetricBatch {
  /** Epoch time of the first and of the last value. */
  readonly startMs: Ms;
  readonly endMs: Ms;
  readonly histograms: ReadonlyMap<HistogramName, HistogramState>;
  /** Counts by cell, as {@link cellOf} numbers them. */
  readonly counts: ReadonlyMap<CountName, readonly number[]>;
}

/** Counts what is measured until it is taken. */
export class Recorder {
  readonly #nowMs: () => Ms;
  readonly #tell: (sample: MetricSample) => void;
  #histograms = new Map<HistogramName, Histogram>();
  #counts = new Map<CountName, number[]>();
  #startMs: Ms | undefined;

  /**
   * @param nowMs Epoch time.
   * @param tell Hears of every value that is counted.
   */
  constructor(nowMs: () => Ms, tell: (sample: MetricSample) => void = () => undefined) {
    this.#nowMs = nowMs;
    this.#tell = tell;
  }

  /** Counts one value, in the metric's unit: infinite ones at the end of the range; NaN is not counted. */
  record(name: HistogramName, value: number): void {
    if (Number.isNaN(value)) return;
    const { shape, unit } = HISTOGRAMS[name];
    this.#startMs ??= this.#nowMs();
    let histogram = this.#histograms.get(name);
    if (histogram === undefined) {
      histogram = new Histogram(shape);
      this.#histograms.set(name, histogram);
    }
    histogram.add(value);
    const rating = rate(name, value);
    this.#tell({ name, value, unit, ...(rating === undefined ? {} : { rating }) });
  }

  /**
   * Counts what happened.
   *
   * @param values One for each of the metric's attributes, in their order.
   * @param count Whole, 0 or more.
   */
  count(name: CountName, values: readonly string[] = [], count: number = 1): void {
    const { shape, unit } = COUNTS[name];
    const cell = cellOf(shape, values);
    if (cell < 0 || !(count > 0)) return;
    this.#startMs ??= this.#nowMs();
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = zeros(shape);
      this.#counts.set(name, counts);
    }
    counts[cell] = counts[cell]! + count;
    const attributes = Object.fromEntries(Object.keys(shape.attributes).map((key, at) => [key, values[at]!]));
    this.#tell({ name, value: count, unit, ...(values.length === 0 ? {} : { attributes }) });
  }

  /** Hands over what was counted and begins anew; undefined when nothing was. */
  take(): MetricBatch | undefined {
    const startMs = this.#startMs;
    if (startMs === undefined) return undefined;
    const batch = { startMs, endMs: this.#nowMs(), histograms: this.#histograms, counts: this.#counts };
    this.#startMs = undefined;
    this.#histograms = new Map();
    this.#counts = new Map();
    return batch;
  }
}
