import { type Interval, quantile, quantileInterval } from '../front-end/statistics.ts';
import { between, fixed } from '../front-end/table.ts';
import type { Pair } from './bench.ts';

/** Columns of the report's one table. */
export const COLUMNS = ['what', 'n', 'Ossicle', '95 %', 'vad-web', '95 %', 'Ossicle / vad-web'] as const;

/** What a measurement adds to the report. */
export interface Finding {
  readonly what: string;
  readonly unit: string;
  readonly digits: number;
  readonly values: Pair<readonly number[]>;
}

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** 95 % interval of the median. */
export function medianInterval(values: readonly number[]): Interval {
  return quantileInterval(
    values.map((value) => [value]),
    0.5,
  );
}

/** Medians of both and their ratio. */
export function row({ what, unit, digits, values }: Finding): string[] {
  const { ossicle, 'vad-web': peer } = values;
  const cells = [ossicle, peer].flatMap((numbers) => {
    if (numbers.length === 0) return ['-', ''];
    const figure = fixed(median(numbers), digits);
    return [figure, numbers.length === 1 ? '' : between(medianInterval(numbers), digits)];
  });
  const n =
    ossicle.length === peer.length || peer.length === 0 ? `${ossicle.length}` : `${ossicle.length}, ${peer.length}`;
  const ratio = median(ossicle) / median(peer);
  return [`${what}${unit === '' ? '' : `, ${unit}`}`, n, ...cells, Number.isFinite(ratio) ? fixed(ratio, 3) : ''];
}
