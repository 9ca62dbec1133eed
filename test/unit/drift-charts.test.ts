import { describe, expect, it } from 'vitest';
import { levelRunLength, levelThreshold, rateRunLength, rateThreshold } from '../../src/monitor/average-run-length.ts';
import { Cusum } from '../../src/monitor/cusum.ts';
import { type DriftChart, levelChart, rateChart } from '../../src/monitor/drift-chart.ts';
import { DRIFT_PROFILES } from '../../src/monitor/drift-profile.ts';
import { normalScores } from '../../src/monitor/normal-scores.ts';
import { shrunkenMeans } from '../../src/monitor/shrinkage.ts';
import { hourAt, hourOfWeek, kindOfHour } from '../../src/monitor/week.ts';
import { type HourCounts, learnWeek, RATE_SCORES, sameHoursCounts } from '../../src/monitor/week-reference.ts';
import { seededNormal, seededRandom } from '../signals.ts';

const PROFILE = DRIFT_PROFILES['user-facing'];

/** Run length of a Bernoulli CUSUM whose steps are +(m - 1) and -1, exactly, by the equations of its Markov chain. */
function exactRunLength(m: number, height: number, rate: number): number {
  const rows = Array.from({ length: height }, (_, from) => {
    const row = new Float64Array(height + 1);
    row[height] = 1;
    row[from] = 1;
    row[Math.max(0, from - 1)]! -= 1 - rate;
    if (from + m - 1 < height) row[from + m - 1]! -= rate;
    return row;
  });
  for (let pivot = 0; pivot < height; pivot++) {
    for (let below = pivot + 1; below < height; below++) {
      const factor = rows[below]![pivot]! / rows[pivot]![pivot]!;
      if (factor === 0) continue;
      for (let column = pivot; column <= height; column++) rows[below]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  const lengths = new Float64Array(height);
  for (let row = height - 1; row >= 0; row--) {
    let sum = rows[row]![height]!;
    for (let column = row + 1; column < height; column++) sum -= rows[row]![column]! * lengths[column]!;
    lengths[row] = sum / rows[row]![row]!;
  }
  return lengths[0]!;
}

/** Odds ratio whose steps down and up are as 1 to m - 1. */
function oddsRatioFor(rate: number, m: number): number {
  let [low, high] = [1 + 1e-9, 1e4];
  for (let i = 0; i < 200; i++) {
    const middle = Math.sqrt(low * high);
    if (Math.log1p(rate * (middle - 1)) / Math.log(middle) < 1 / m) low = middle;
    else high = middle;
  }
  return low;
}

describe('run lengths', () => {
  it('of normal CUSUMs agree with the published ones', () => {
    // Montgomery, "Introduction to Statistical Quality Control", table 9.3: two-sided, allowance 0.5; h, shift, length.
    for (const [h, shift, published] of [
      ...[[4, 0, 168] as const, [5, 0, 465] as const, [4, 0.5, 26.6] as const, [5, 0.5, 38] as const],
      ...[[4, 1, 8.38] as const, [5, 1, 10.4] as const],
    ]) {
      const [up, down] = [levelRunLength(0.5, h, shift), levelRunLength(0.5, h, -shift)];
      expect(1 / (1 / up + 1 / down) / published).toBeGreaterThan(0.96);
      expect(1 / (1 / up + 1 / down) / published).toBeLessThan(1.04);
    }
  });

  it('of Bernoulli CUSUMs agree with the exact ones, without a change and with it', () => {
    for (const [rate, m, height] of [
      ...[[0.05, 16, 230] as const, [0.05, 14, 150] as const, [0.01, 70, 640] as const],
      ...[[0.2, 4, 50] as const, [0.02, 30, 330] as const],
    ]) {
      const oddsRatio = oddsRatioFor(rate, m);
      const threshold = (height / m) * Math.log(oddsRatio);
      const shifted = (rate * oddsRatio) / (1 + rate * (oddsRatio - 1));
      const quiet = rateRunLength(rate, oddsRatio, threshold) / exactRunLength(m, height, rate);
      const changed = rateRunLength(rate, oddsRatio, threshold, true) / exactRunLength(m, height, shifted);
      expect([rate, Math.abs(quiet - 1) < 0.06, Math.abs(changed - 1) < 0.06]).toEqual([rate, true, true]);
    }
  });

  it('are what the thresholds are chosen for', () => {
    expect(levelRunLength(0.2, levelThreshold(0.2, 105_000))).toBeCloseTo(105_000, 0);
    expect(rateRunLength(0.05, 1.54, rateThreshold(0.05, 1.54, 105_000))).toBeCloseTo(105_000, 0);
    // A fall of a rate is a rise of what is left.
    expect(rateThreshold(0.95, 0.5, 50_000)).toBeCloseTo(rateThreshold(0.05, 2, 50_000), 9);
  });
});

describe('a CUSUM', () => {
  it("finds Page's change point: where it last stood at 0", () => {
    const chart = new Cusum(10);
    for (const evidence of [2, -3, 1, 1]) chart.push(evidence, 1, evidence);
    expect(chart.state).toEqual({ height: 2, count: 2, sum: 2 });
  });

  it('rises to its threshold and no further, and comes down again', () => {
    const chart = new Cusum(3);
    for (let i = 0; i < 100; i++) chart.push(1, 1, 1);
    expect(chart.heightShare).toBe(1);
    for (let i = 0; i < 3; i++) chart.push(-1, 1, -1);
    expect(chart.state).toEqual({ height: 0, count: 0, sum: 0 });
  });
});

describe('hours of the week', () => {
  it('count from Sunday, UTC', () => {
    const hour = (text: string): number => hourOfWeek(hourAt(Date.parse(text)));
    expect(hour('2026-03-01T00:30:00Z')).toBe(0);
    expect(hour('2026-03-07T23:59:59Z')).toBe(167);
    expect(hour('1970-01-01T00:00:00Z')).toBe(96);
    expect(hour('1969-12-31T23:00:00Z')).toBe(95);
    const alike = ['2026-03-03T09:00:00Z', '2026-03-06T09:00:00Z'].map((text) => kindOfHour(hour(text)));
    expect(alike[0]).toBe(alike[1]);
    expect(kindOfHour(hour('2026-03-01T09:00:00Z'))).not.toBe(alike[0]);
  });
});

describe('means drawn towards their group', () => {
  it('err less than those measured when little differs, and stay where they are when much does', () => {
    const normal = seededNormal(3);
    const errorOf = (spread: number): { readonly own: number; readonly drawn: number } => {
      const truths = Array.from({ length: 60 }, () => spread * normal());
      const measured = truths.map((truth) => ({ mean: truth + normal(), variance: 1, group: 0 }));
      const drawn = shrunkenMeans(measured);
      const meanSquare = (values: readonly { readonly mean: number }[]): number =>
        values.reduce((sum, { mean }, i) => sum + (mean - truths[i]!) ** 2, 0) / values.length;
      return { own: meanSquare(measured), drawn: meanSquare(drawn) };
    };
    const little = errorOf(0.2);
    expect(little.drawn).toBeLessThan(0.35 * little.own);
    const much = errorOf(20);
    expect(much.drawn / much.own).toBeGreaterThan(0.95);
    expect(much.drawn / much.own).toBeLessThan(1.05);
  });
});

const WEEKS = 4;
const BINS = 40;

/** Hours of a level with a day's swing. @param talkers Values that come together, of one speaker. */
function levelHours(seed: number, hours: number, talkers = 1, shift = 0): readonly HourCounts[] {
  const normal = seededNormal(seed);
  return Array.from({ length: hours }, (_, hour) => {
    const counts = new Array<number>(BINS).fill(0);
    const swing = 0.8 * Math.sin((hour / 24) * 2 * Math.PI);
    for (let left = 60; left > 0; left -= talkers) {
      const speaker = talkers === 1 ? 0 : normal();
      for (let i = 0; i < talkers; i++) {
        const z = talkers === 1 ? normal() : (speaker + normal()) / Math.SQRT2;
        counts[Math.min(BINS - 1, Math.max(0, Math.round(BINS / 2 + 5 * (z + swing + shift))))]!++;
      }
    }
    return { hour: 168 * 3_000 + 72 + hour, counts };
  });
}

function learnLevel(hours: readonly HourCounts[]) {
  const pooled = Array.from({ length: BINS }, (_, bin) => hours.reduce((sum, { counts }) => sum + counts[bin]!, 0));
  return learnWeek(hours, normalScores(pooled));
}

function run(chart: DriftChart, hours: readonly HourCounts[]): readonly ('up' | 'down' | null)[] {
  return hours.map(({ hour, counts }) => chart.push(hourOfWeek(hour), counts).alarm);
}

describe('a reference of weeks', () => {
  const reference = learnLevel(levelHours(1, WEEKS * 168));

  it('knows what every hour of the week is like', () => {
    const means = reference.means.slice(0, 24);
    expect(means.indexOf(Math.max(...means))).toBeGreaterThanOrEqual(5);
    expect(means.indexOf(Math.max(...means))).toBeLessThanOrEqual(7);
    // A swing of 0.8 on a spread of 1, on the scale of the whole: 0.8 / sqrt(1 + 0.8^2 / 2).
    expect(Math.max(...means)).toBeGreaterThan(0.62);
    expect(Math.max(...means)).toBeLessThan(0.78);
  });

  it('finds independent values as they are, and those of few speakers as more alike', () => {
    expect(reference.designEffect).toBeLessThan(1.2);
    // Groups of m values that correlate by rho vary as 1 + (m - 1) rho (Kish 1965): here 1 + 5 * 0.5.
    const clustered = learnLevel(levelHours(2, WEEKS * 168, 6));
    expect(clustered.designEffect).toBeGreaterThan(3);
    expect(clustered.designEffect).toBeLessThan(4.4);
  });

  it('keeps the same hours for comparison', () => {
    const counts = sameHoursCounts(reference, [10, 11]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2 * WEEKS * 60);
  });

  it('refuses values that do not vary', () => {
    expect(() => learnWeek([{ hour: 1, counts: [100, 0] }], RATE_SCORES)).toThrow(RangeError);
  });
});

describe('a chart of a level', () => {
  const reference = learnLevel(levelHours(1, WEEKS * 168));

  it("does not take a day's swing for drift", () => {
    const quiet = levelHours(5, 5 * 168);
    expect(run(levelChart(reference, 'both', PROFILE), quiet).filter((alarm) => alarm !== null)).toEqual([]);
    // The same values against one mean for all hours alarm every day.
    const flat = { ...reference, means: reference.means.map(() => 0) };
    expect(run(levelChart(flat, 'both', PROFILE), quiet).filter((alarm) => alarm !== null).length).toBeGreaterThan(10);
  });

  it('tells rise from fall, and watches only the directions it was asked to', () => {
    const fallen = levelHours(6, 48, 1, -0.4);
    expect(run(levelChart(reference, 'both', PROFILE), fallen).at(-1)).toBe('down');
    expect(run(levelChart(reference, 'down', PROFILE), fallen).at(-1)).toBe('down');
    expect(run(levelChart(reference, 'up', PROFILE), fallen).at(-1)).toBe(null);
    expect(run(levelChart(reference, 'both', PROFILE), levelHours(6, 48, 1, 0.4)).at(-1)).toBe('up');
  });

  it('goes on from a stored state as if it had never stopped, and says the effect', () => {
    const hours = levelHours(7, 30, 1, 0.3);
    const whole = levelChart(reference, 'both', PROFILE);
    run(whole, hours);
    const first = levelChart(reference, 'both', PROFILE);
    run(first, hours.slice(0, 11));
    const second = levelChart(reference, 'both', PROFILE, JSON.parse(JSON.stringify(first.state)));
    run(second, hours.slice(11));
    expect(second.state).toEqual(whole.state);
    const { effect } = whole.push(0, new Array<number>(BINS).fill(0));
    expect(effect).toBeGreaterThan(0.2);
    expect(effect).toBeLessThan(0.4);
  });
});

describe('a chart of a rate', () => {
  const rateHours = (seed: number, hours: number, rate: number): readonly HourCounts[] => {
    const random = seededRandom(seed);
    return Array.from({ length: hours }, (_, hour) => {
      let hits = 0;
      for (let i = 0; i < 100; i++) if (random() < rate) hits++;
      return { hour: 168 * 3_000 + 72 + hour, counts: [100 - hits, hits] };
    });
  };

  it('finds a rise of a rare thing, and a fall of a common one', () => {
    const rare = learnWeek(rateHours(1, WEEKS * 168, 0.05), RATE_SCORES);
    expect(run(rateChart(rare, 'up', PROFILE), rateHours(2, 24, 0.1)).at(-1)).toBe('up');
    expect(run(rateChart(rare, 'up', PROFILE), rateHours(3, 200, 0.05)).every((alarm) => alarm === null)).toBe(true);
    const common = learnWeek(rateHours(4, WEEKS * 168, 0.95), RATE_SCORES);
    expect(run(rateChart(common, 'down', PROFILE), rateHours(5, 24, 0.9)).at(-1)).toBe('down');
  });

  it('says nothing of an effect under a fifth, however sure it is', () => {
    const half = learnWeek(rateHours(6, WEEKS * 168, 0.4), RATE_SCORES);
    const verdicts = run(rateChart(half, 'up', PROFILE), rateHours(7, 2_000, 0.4 * 1.17));
    expect(verdicts.at(-1)).toBe(null);
    expect(run(rateChart(half, 'up', PROFILE), rateHours(7, 2_000, 0.4 * 1.3)).at(-1)).toBe('up');
  });
});
