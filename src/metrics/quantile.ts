import type { HistogramState } from './histogram.ts';
import { type HistogramShape, upperEdges } from './shape.ts';

/** Lower and upper edge of a bin in the metric's unit; the outermost bins are as wide as the range lets values be. */
export function binEdges(shape: HistogramShape, bin: number): readonly [lower: number, upper: number] {
  if (shape.kind === 'even') {
    const upper = shape.lowest + bin * shape.step;
    return [upper - shape.step, upper];
  }
  const base = 2 ** (2 ** -shape.scale);
  return [bin === 0 ? 0 : base ** (shape.from + bin - 1), base ** (shape.from + bin)];
}

/**
 * The value under which a share of the counted values lies, interpolated inside its bin.
 *
 * @param share 0..1.
 * @returns In the metric's unit; NaN when nothing was counted. Off by less than the width of a bin.
 */
export function quantile(shape: HistogramShape, { counts }: HistogramState, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return Number.NaN;
  const rank = share * total;
  let below = 0;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const [lower, upper] = binEdges(shape, bin);
      return lower + ((rank - below) / count) * (upper - lower);
    }
    below += count;
  }
  return binEdges(shape, upperEdges(shape).length)[1];
}
