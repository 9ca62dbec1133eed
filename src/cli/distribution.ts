/** How many values lie in [from, to); the last bin holds its upper end too. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Where a measure's values lie. */
export interface Distribution {
  /** Values that could be told. */
  readonly count: number;
  readonly min: number;
  /** Five of a hundred values are smaller. */
  readonly p5: number;
  readonly median: number;
  /** Five of a hundred values are larger. */
  readonly p95: number;
  readonly max: number;
  readonly bins: readonly Bin[];
}

/** About so many, until their width is rounded up. */
const BIN_COUNT = 32;
/** Bins for events reach this far at least: a lone bar for 0 would not show what it counts. */
const LEAST_EVENTS = 4;

/** Value below which `share` of the sorted values lie, interpolated linearly between neighbours. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}

/** The smallest product of one of the digits and a power of ten that is no smaller than a positive value. */
export function roundUp(value: number, digits: readonly number[]): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (digits.find((digit) => digit * power >= value * (1 - 1e-9)) ?? 10) * power;
}

function equalBins(sorted: readonly number[]): readonly Bin[] {
  const [min, max] = [sorted[0]!, sorted.at(-1)!];
  const step = roundUp(Math.max((max - min) / BIN_COUNT, 1e-3), [1, 2, 5]);
  const first = Math.floor(min / step + 1e-9);
  // A value that lies on the last edge belongs to the bin below it.
  const last = Math.max(first, Math.ceil(max / step - 1e-9) - 1);
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const value of sorted) counts[Math.min(Math.max(Math.floor(value / step + 1e-9), first), last) - first]!++;
  // Edges through their decimals: 0.30000000000000004 is 0.3.
  const edge = (n: number): number => Number((n * step).toPrecision(12));
  return counts.map((count, i) => ({ from: edge(first + i), to: edge(first + i + 1), count }));
}

/** Bins for a count of events: none, one, and then each twice as wide as the one before. */
function doublingBins(sorted: readonly number[]): readonly Bin[] {
  const bins: Bin[] = [];
  const most = Math.max(sorted.at(-1)!, LEAST_EVENTS);
  for (let from = 0, to = 1; from <= most; from = to, to = Math.max(2, 2 * to)) {
    bins.push({ from, to, count: sorted.filter((value) => value >= from && value < to).length });
  }
  return bins;
}

/**
 * Sums up values.
 *
 * @param isCount True for whole numbers of events, most of them 0.
 * @returns Undefined when there is no value.
 */
export function distribution(values: readonly number[], isCount: boolean): Distribution | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: sorted[0]!,
    p5: quantile(sorted, 0.05),
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    max: sorted.at(-1)!,
    bins: isCount ? doublingBins(sorted) : equalBins(sorted),
  };
}

/** Scales the median absolute deviation to the standard deviation of a normal distribution. */
const MAD_SCALE = 0.6745;

/**
 * How unusual each value is, against the median and in units of the median absolute deviation, so that the unusual ones
 * do not hide themselves. All 0 when more than half of the values are the same.
 *
 * Source: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", ASQC, 1993, section 3 (modified z-score).
 */
export function modifiedZScores(values: readonly number[]): readonly number[] {
  const median = quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
  const deviation = quantile(
    values.map((value) => Math.abs(value - median)).sort((a, b) => a - b),
    0.5,
  );
  return values.map((value) => (deviation > 0 ? (MAD_SCALE * (value - median)) / deviation : 0));
}
