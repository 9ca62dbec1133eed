import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import { METRICS } from '../../../src/metrics/metric-table.ts';
import { binCount, type HistogramShape, toUnits, upperEdges } from '../../../src/metrics/shape.ts';
import { normalScores } from '../../../src/monitor/normal-scores.ts';
import { hourOfWeek } from '../../../src/monitor/week.ts';
import { learnWeek, RATE_SCORES, type WeekReference } from '../../../src/monitor/week-reference.ts';

/** Hour 0 of every simulation: midnight from Saturday to Sunday. */
const FIRST_HOUR = 168 * 2_900 + 72;
/** Four weeks, as many whole weeks as a reference should have. */
export const REFERENCE_HOURS: number = 28 * 24;
/** Utterances an hour over the day: few at night, many in the evening. */
const MEAN_VOLUME = 120;
const VOLUME_SWING = 100;

/** What is measured of each utterance. */
export type SeriesKind = 'rate' | 'level' | 'time';

/** Kinds of series, and how each is made. */
export const SERIES: Readonly<Record<SeriesKind, string>> = {
  rate: 'rate of .05, ± 30 % over the day',
  level: 'level in 1 dB bins, normal, ± 0.4 standard deviations over the day',
  time: 'time in 9 % bins, log-normal, ± 0.4 standard deviations over the day',
};

const BASE_RATE = 0.05;
const RATE_SWING = 0.3;
const LEVEL = { mean: 22, deviation: 8, swing: 0.4 } as const;
const TIME = { logMean: Math.log(0.45), logDeviation: 0.5 } as const;

/** Change at an utterance, counted from 1 after the change: relative for a rate, else in standard deviations. */
export type Change = (utterance: number) => number;

/** Numbers of a standard normal distribution (Box and Muller 1958). */
export function normalNumbers(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** A series of utterances of one fleet; the same seed gives the same fleet. */
export class Fleet {
  readonly kind: SeriesKind;
  readonly #swing: number;
  readonly #random: () => number;
  readonly #normal: () => number;
  readonly #edges: readonly number[];
  readonly #shape: HistogramShape;
  readonly binCount: number;

  /** @param swing 1 for the usual day, 0 for none. */
  constructor(kind: SeriesKind, seed: number, swing: number) {
    this.kind = kind;
    this.#swing = swing;
    this.#random = seededRandom(seed);
    this.#normal = normalNumbers(this.#random);
    const shape = METRICS[kind === 'time' ? 'voice.search.duration' : 'voice.input.snr'].shape;
    if (shape.kind === 'count') throw new TypeError('a histogram is expected');
    this.#shape = shape;
    this.#edges = upperEdges(shape);
    this.binCount = kind === 'rate' ? 2 : binCount(shape);
  }

  /** Utterances in an hour since the start. */
  volume(hour: number): number {
    return Math.round(MEAN_VOLUME + VOLUME_SWING * Math.sin((((hour % 24) - 10) / 24) * 2 * Math.PI));
  }

  /** Whole hours since the epoch of an hour since the start. */
  epochHour(hour: number): number {
    return FIRST_HOUR + hour;
  }

  hourInWeek(hour: number): number {
    return hourOfWeek(FIRST_HOUR + hour);
  }

  /** One utterance's value: 0 or 1 of a rate, decibels, or seconds. */
  draw(hour: number, change: number): number {
    // A quarter of a day after the volume's, so that the mean over all utterances is the one that is stated.
    const swing = this.#swing * Math.sin((((hour % 24) - 16) / 24) * 2 * Math.PI);
    if (this.kind === 'rate') return this.#random() < BASE_RATE * (1 + RATE_SWING * swing) * (1 + change) ? 1 : 0;
    const z = this.#normal() + LEVEL.swing * swing + change;
    if (this.kind === 'level') return LEVEL.mean + LEVEL.deviation * z;
    return Math.exp(TIME.logMean + TIME.logDeviation * z);
  }

  /** Bin of a value. */
  binOf(value: number): number {
    if (this.kind === 'rate') return value;
    const units = toUnits(this.#shape, value);
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (units <= this.#edges[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Four weeks of the fleet, as a reference and as the values themselves, of which peers take theirs. */
  reference(): { readonly week: WeekReference; readonly values: readonly number[] } {
    const values: number[] = [];
    const pooled = new Array<number>(this.binCount).fill(0);
    const hours = Array.from({ length: REFERENCE_HOURS }, (_, hour) => {
      const counts = new Array<number>(this.binCount).fill(0);
      for (let left = this.volume(hour); left > 0; left--) {
        const value = this.draw(hour, 0);
        const bin = this.binOf(value);
        values.push(value);
        counts[bin] = counts[bin]! + 1;
        pooled[bin] = pooled[bin]! + 1;
      }
      return { hour: this.epochHour(hour), counts };
    });
    return { week: learnWeek(hours, this.kind === 'rate' ? RATE_SCORES : normalScores(pooled)), values };
  }
}
