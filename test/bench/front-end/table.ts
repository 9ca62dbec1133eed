/** One requirement, the figure that was measured, and what is between them. */
export interface Bar {
  /** What is required of what. */
  readonly what: string;
  readonly limit: string;
  readonly figure: string;
  readonly isMet: boolean;
  /** Distance to the limit, in words: by how much it is met or missed. */
  readonly margin: string;
}

/** A curve or a row of points with intervals, for the report. */
export type Plot =
  | {
      readonly type: 'curves';
      readonly name: string;
      readonly title: string;
      readonly x: string;
      readonly y: string;
      readonly xRange: readonly [number, number];
      readonly yRange: readonly [number, number];
      readonly curves: readonly {
        readonly name: string;
        readonly points: readonly (readonly [number, number])[];
      }[];
      /** Values of x that a bar names. */
      readonly marks: readonly number[];
    }
  | {
      readonly type: 'intervals';
      readonly name: string;
      readonly title: string;
      readonly x: string;
      readonly rows: readonly {
        readonly name: string;
        readonly value: number;
        readonly interval: readonly [number, number];
      }[];
      readonly marks: readonly number[];
    };

/** What one benchmark found. */
export interface Table {
  /** Name on the command line. */
  readonly name: string;
  readonly title: string;
  /** What was measured on what, and how: enough to do it again. */
  readonly about: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly bars: readonly Bar[];
  readonly plots: readonly Plot[];
  /** The figures as numbers. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A figure that must not pass a limit. */
export function atMost(what: string, value: number, limit: number, unit: string, digits: number, note = ''): Bar {
  return bar(what, value, limit, unit, digits, note, '<=', limit - value);
}

/** A figure that must reach a limit. */
export function atLeast(what: string, value: number, limit: number, unit: string, digits: number, note = ''): Bar {
  return bar(what, value, limit, unit, digits, note, '>=', value - limit);
}

function bar(
  what: string,
  value: number,
  limit: number,
  unit: string,
  digits: number,
  note: string,
  relation: string,
  margin: number,
): Bar {
  const isMet = margin >= 0;
  return {
    what,
    limit: `${relation} ${limit}${unit}`,
    figure: `${fixed(value, digits)}${unit}${note === '' ? '' : ` (${note})`}`,
    isMet,
    margin: `by ${fixed(Math.abs(margin), digits)}${unit}`,
  };
}

/** A number for people; a dash for none. */
export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return '-';
  return Number.isFinite(value) ? value.toFixed(digits) : value > 0 ? 'never' : '-inf';
}

/** A fraction in percent. */
export function percent(fraction: number, digits = 1): string {
  return Number.isNaN(fraction) ? '-' : `${(fraction * 100).toFixed(digits)} %`;
}

/** An interval in brackets. */
export function between([low, high]: readonly [number, number], digits: number, scale = 1): string {
  return `[${fixed(low * scale, digits)}, ${fixed(high * scale, digits)}]`;
}
