/**
 * Bins of equal width: value `v` is in bin `i` when `bounds[i - 1] < v <= bounds[i]`, with `bounds` from `lowest` to
 * `highest` every `step`; the first and the last bin take what lies outside.
 *
 * Source of the closed upper edge: OpenTelemetry metrics data model, "Histogram".
 */
export interface EvenShape {
  readonly kind: 'even';
  readonly lowest: number;
  readonly highest: number;
  readonly step: number;
  /** Whole part of the unit in which values are counted and added up; divides `step`. */
  readonly resolution: number;
}

/**
 * Bins that grow by the same ratio: bin `i` holds `base ** (from + i - 1) < v <= base ** (from + i)` with
 * `base = 2 ** (2 ** -scale)`; bin 0 takes what is smaller, the last one, which ends at `base ** to`, what is larger.
 *
 * Source: OpenTelemetry metrics data model, "ExponentialHistogram".
 */
export interface ExponentialShape {
  readonly kind: 'exponential';
  /** Bins in each doubling are `2 ** scale`. */
  readonly scale: number;
  readonly from: number;
  readonly to: number;
  readonly resolution: number;
}

/** Counts of things that happened, one for each combination of attribute values. */
export interface CountShape {
  readonly kind: 'count';
  /** Values by attribute; the last attribute varies fastest. None: one count. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Shape of a metric whose values are binned. */
export type HistogramShape = EvenShape | ExponentialShape;

/** How a metric is counted: always as a vector of whole numbers of fixed length, so that any two of them add up. */
export type Shape = HistogramShape | CountShape;

/** Length of the vector of counts. */
export function binCount(shape: Shape): number {
  switch (shape.kind) {
    case 'even':
      return Math.round((shape.highest - shape.lowest) / shape.step) + 2;
    case 'exponential':
      return shape.to - shape.from + 1;
    case 'count':
      return Object.values(shape.attributes).reduce((product, values) => product * values.length, 1);
    default:
      return shape satisfies never;
  }
}

/** A vector of counts in which nothing is counted. */
export function zeros(shape: Shape): number[] {
  return new Array<number>(binCount(shape)).fill(0);
}

/**
 * Upper edges of all bins but the last, in whole resolutions, ascending.
 *
 * Whole numbers, so that every engine and every machine bins a value alike.
 */
export function upperEdges(shape: HistogramShape): number[] {
  const { resolution } = shape;
  return Array.from({ length: binCount(shape) - 1 }, (_, bin) =>
    shape.kind === 'even'
      ? Math.round((shape.lowest + bin * shape.step) / resolution)
      : Math.floor(2 ** ((shape.from + bin) / 2 ** shape.scale) / resolution),
  );
}

/** A value in whole resolutions, moved into the range of the bins; NaN stays NaN. */
export function toUnits(shape: HistogramShape, value: number): number {
  const { resolution } = shape;
  const isEven = shape.kind === 'even';
  const lowest = isEven ? shape.lowest : 0;
  const highest = isEven ? shape.highest + shape.step : 2 ** (shape.to / 2 ** shape.scale);
  return Math.round(Math.min(Math.max(value, isEven ? lowest - shape.step : lowest), highest) / resolution);
}

/**
 * Place of a combination of attribute values in the vector of counts.
 *
 * @param values One for each attribute, in the shape's order.
 * @returns -1 when one of them is not known.
 */
export function cellOf(shape: CountShape, values: readonly string[]): number {
  let cell = 0;
  for (const [at, known] of Object.values(shape.attributes).entries()) {
    const place = known.indexOf(values[at] ?? '');
    if (place < 0) return -1;
    cell = cell * known.length + place;
  }
  return cell;
}

/** The attribute values of a place in the vector of counts; the inverse of {@link cellOf}. */
export function valuesOf(shape: CountShape, cell: number): string[] {
  let rest = cell;
  return Object.values(shape.attributes)
    .toReversed()
    .map((known) => {
      const place = rest % known.length;
      rest = (rest - place) / known.length;
      return known[place]!;
    })
    .toReversed();
}
