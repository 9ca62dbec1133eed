import { normalTail } from '../../../src/monitor/distributions.ts';
import { quantile } from '../front-end/statistics.ts';
import { Adwin } from './adwin.ts';
import type { Detector, Method, Past } from './detector.ts';
import type { SeriesKind } from './fleet.ts';

const ALL: readonly SeriesKind[] = ['rate', 'level', 'time'];
const LEVELS: readonly SeriesKind[] = ['level', 'time'];
/** A reference as large as is usual for the tools that keep one as rows. */
const REFERENCE_ROWS = 10_000;
const PSI_BINS = 10;
/** Added to empty bins, as Evidently does. */
const PSI_FLOOR = 0.0001;

function rowsOf({ values }: Past): readonly number[] {
  const step = Math.max(1, Math.floor(values.length / REFERENCE_ROWS));
  return values.filter((_, i) => i % step === 0);
}

/** A test on each full window of values against the reference; alarms until the next window is full. */
function windowed(size: number, differs: (window: readonly number[]) => boolean): Detector {
  let window: number[] = [];
  let isAlarm = false;
  return {
    push: (value) => {
      window.push(value);
      if (window.length === size) {
        isAlarm = differs(window);
        window = [];
      }
      return isAlarm;
    },
  };
}

/** Windowed PSI over the reference's deciles, or over the two values of a rate, with a fixed limit. */
function psiMethod(size: number, limit: number): Method {
  return {
    name: `PSI > ${limit}, windows of ${size}`,
    kinds: ALL,
    start: (past) => {
      const rows = rowsOf(past).toSorted((a, b) => a - b);
      const cuts = Array.from({ length: PSI_BINS - 1 }, (_, i) => quantile(rows, (i + 1) / PSI_BINS));
      const binOf = (value: number): number =>
        past.kind === 'rate' ? value : cuts.reduce((bin, cut) => bin + (value > cut ? 1 : 0), 0);
      const shares = (values: readonly number[]): number[] => {
        const counts = new Array<number>(past.kind === 'rate' ? 2 : PSI_BINS).fill(0);
        for (const value of values) counts[binOf(value)]!++;
        return counts.map((count) => Math.max(count / values.length, PSI_FLOOR));
      };
      const before = shares(rows);
      return windowed(size, (window) => {
        const now = shares(window);
        return now.reduce((sum, q, bin) => sum + (q - before[bin]!) * Math.log(q / before[bin]!), 0) > limit;
      });
    },
  };
}

/** Two-sample Kolmogorov-Smirnov test (Smirnov 1948) with Stephens' correction (1970) for finite samples. */
function kolmogorovSmirnovP(before: readonly number[], now: readonly number[]): number {
  let [i, j, distance] = [0, 0, 0];
  while (i < before.length && j < now.length) {
    const value = Math.min(before[i]!, now[j]!);
    while (i < before.length && before[i]! <= value) i++;
    while (j < now.length && now[j]! <= value) j++;
    distance = Math.max(distance, Math.abs(i / before.length - j / now.length));
  }
  const root = Math.sqrt((before.length * now.length) / (before.length + now.length));
  const x = (root + 0.12 + 0.11 / root) * distance;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}

const KS: Method = {
  name: 'Kolmogorov-Smirnov p < .05, windows of 300 (Evidently, up to 1,000 rows)',
  kinds: LEVELS,
  start: (past) => {
    const rows = rowsOf(past).toSorted((a, b) => a - b);
    return windowed(
      300,
      (window) =>
        kolmogorovSmirnovP(
          rows,
          window.toSorted((a, b) => a - b),
        ) < 0.05,
    );
  },
};

const TWO_RATES: Method = {
  name: 'z-test of two rates p < .05, windows of 300 (Evidently, up to 1,000 rows)',
  kinds: ['rate'],
  start: (past) => {
    const rows = rowsOf(past);
    const before = rows.reduce((sum, value) => sum + value, 0);
    return windowed(300, (window) => {
      const now = window.reduce((sum, value) => sum + value, 0);
      const pooled = (before + now) / (rows.length + window.length);
      const error = Math.sqrt(pooled * (1 - pooled) * (1 / rows.length + 1 / window.length));
      return 2 * normalTail(Math.abs(now / window.length - before / rows.length) / error) < 0.05;
    });
  },
};

const WASSERSTEIN: Method = {
  name: 'Wasserstein distance > .1 standard deviations, windows of 1,000 (Evidently, above 1,000 rows)',
  kinds: LEVELS,
  start: (past) => {
    const rows = rowsOf(past).toSorted((a, b) => a - b);
    const mean = rows.reduce((sum, value) => sum + value, 0) / rows.length;
    const deviation = Math.sqrt(rows.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows.length);
    return windowed(1_000, (window) => {
      const sorted = window.toSorted((a, b) => a - b);
      const distance = sorted.reduce((sum, value, i) => {
        return sum + Math.abs(value - quantileOf(rows, (i + 0.5) / sorted.length));
      }, 0);
      return distance / sorted.length / deviation > 0.1;
    });
  },
};

function quantileOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Values as a detector without a reference likes them: centred and scaled, since its limits are absolute. */
function standardise({ kind, values }: Past): (value: number) => number {
  if (kind === 'rate') return (value) => value;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return (value) => (value - mean) / deviation;
}

/** River's settings: delta .005, threshold 50, alpha .9999, at least 30 values, both directions. */
const PAGE_HINKLEY: Method = {
  name: 'Page-Hinkley (River, defaults)',
  kinds: ALL,
  start: (past) => {
    const scale = standardise(past);
    let state = { count: 0, mean: 0, up: 0, down: 0, least: Infinity, most: -Infinity };
    return {
      push: (value) => {
        const x = scale(value);
        state.count++;
        state.mean += (x - state.mean) / state.count;
        const difference = x - state.mean;
        state.up = 0.9999 * state.up + difference - 0.005;
        state.down = 0.9999 * state.down + difference + 0.005;
        state.least = Math.min(state.least, state.up);
        state.most = Math.max(state.most, state.down);
        const isAlarm = state.count >= 30 && (state.up - state.least > 50 || state.most - state.down > 50);
        if (isAlarm) state = { count: 0, mean: 0, up: 0, down: 0, least: Infinity, most: -Infinity };
        return isAlarm;
      },
    };
  },
};

/** Gama, Medas, Castillo and Rodrigues, "Learning with drift detection", SBIA 2004; three deviations, 30 values. */
const DDM: Method = {
  name: 'DDM (River, defaults)',
  kinds: ['rate'],
  start: () => {
    let state = { count: 0, rate: 0, least: Infinity, leastRate: 0, leastError: 0 };
    return {
      push: (value) => {
        state.count++;
        state.rate += (value - state.rate) / state.count;
        const error = Math.sqrt((state.rate * (1 - state.rate)) / state.count);
        if (state.count < 30) return false;
        if (state.rate + error <= state.least) {
          state = { ...state, least: state.rate + error, leastRate: state.rate, leastError: error };
        }
        const isAlarm = state.rate + error > state.leastRate + 3 * state.leastError;
        if (isAlarm) state = { count: 0, rate: 0, least: Infinity, leastRate: 0, leastError: 0 };
        return isAlarm;
      },
    };
  },
};

const ADWIN: Method = {
  name: 'ADWIN (River, defaults)',
  kinds: ALL,
  start: (past) => {
    const scale = standardise(past);
    const adwin = new Adwin();
    return { push: (value) => adwin.push(scale(value)) };
  },
};

/** How others detect drift, after their papers and with their defaults. */
export const PEERS: readonly Method[] = [
  psiMethod(100, 0.1),
  psiMethod(1_000, 0.1),
  TWO_RATES,
  KS,
  WASSERSTEIN,
  PAGE_HINKLEY,
  ADWIN,
  DDM,
];
