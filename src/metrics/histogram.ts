import { type HistogramShape, toUnits, upperEdges, zeros } from './shape.ts';

/** What a histogram holds, as it is sent and stored: whole numbers only. */
export interface HistogramState {
  /** Values by bin, as {@link HistogramShape} says. */
  readonly counts: readonly number[];
  /** Sum of the values, each moved into the range of the bins and rounded, in whole resolutions. */
  readonly sum: number;
}

/**
 * Values counted in fixed bins, and their sum.
 *
 * Counts and sum are whole numbers (below 2^53): merging the same histograms in any order and grouping gives the same bits.
 */
export class Histogram {
  readonly shape: HistogramShape;
  readonly counts: number[];
  /** In whole resolutions of the shape. */
  sum = 0;
  readonly #upper: readonly number[];

  /** @param state What to begin with; copied. Its counts are as many as the shape has bins. */
  constructor(shape: HistogramShape, state?: HistogramState) {
    this.shape = shape;
    this.counts = state === undefined ? zeros(shape) : [...state.counts];
    this.sum = state?.sum ?? 0;
    this.#upper = upperEdges(shape);
  }

  /** How many values were counted. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Mean of the values in the metric's unit; NaN when there are none. */
  get mean(): number {
    return (this.sum * this.shape.resolution) / this.count;
  }

  /** Counts one value, in the metric's unit: an infinite one at the end of the range; NaN is not counted. */
  add(value: number): void {
    const units = toUnits(this.shape, value);
    if (Number.isNaN(units)) return;
    let low = 0;
    let high = this.#upper.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (units <= this.#upper[middle]!) high = middle;
      else low = middle + 1;
    }
    this.counts[low] = this.counts[low]! + 1;
    this.sum += units;
  }

  /** Adds another histogram of the same shape to this one. */
  merge(other: HistogramState): void {
    addCounts(this.counts, other.counts);
    this.sum += other.sum;
  }
}

/** Adds counts to others, bin by bin; both are of the same length. */
export function addCounts(into: number[], counts: readonly number[]): void {
  for (let bin = 0; bin < into.length; bin++) into[bin] = into[bin]! + counts[bin]!;
}
