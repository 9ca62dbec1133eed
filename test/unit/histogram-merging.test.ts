import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/metrics/histogram.ts';
import { HISTOGRAMS, type HistogramName } from '../../src/metrics/metric-table.ts';
import { explicitBounds } from '../../src/metrics/otlp.ts';
import { quantile } from '../../src/metrics/quantile.ts';
import { binCount, cellOf, valuesOf } from '../../src/metrics/shape.ts';

const names = Object.keys(HISTOGRAMS) as HistogramName[];
const anyName = fc.constantFrom(...names);
const anyValues = fc.array(fc.double({ min: -200, max: 5_000, noNaN: true }), { maxLength: 60 });

function histogramOf(name: HistogramName, values: readonly number[]): Histogram {
  const histogram = new Histogram(HISTOGRAMS[name].shape);
  for (const value of values) histogram.add(value);
  return histogram;
}

/** The bin by the definition of the data model, found by looking at every bound. */
function binByBounds(bounds: readonly number[], value: number): number {
  const bin = bounds.findIndex((bound) => value <= bound);
  return bin < 0 ? bounds.length : bin;
}

describe('merging histograms', () => {
  it('gives the same bits in whichever order and grouping', () => {
    const anyParts = fc.array(anyValues, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anyName, anyParts, fc.infiniteStream(fc.nat()), (name, parts, picks) => {
        const whole = histogramOf(name, parts.flat());
        const histograms = parts.map((values) => histogramOf(name, values));
        // Two that are drawn are merged into one, until one is left.
        while (histograms.length > 1) {
          const [one] = histograms.splice((picks.next().value as number) % histograms.length, 1);
          const at = (picks.next().value as number) % histograms.length;
          histograms[at]?.merge(one!);
        }
        expect(histograms[0]?.counts).toEqual(whole.counts);
        expect(histograms[0]!.sum + 0).toBe(whole.sum + 0);
        expect(Number.isSafeInteger(whole.sum)).toBe(true);
      }),
    );
  });

  it('counts every value once, NaN apart', () => {
    fc.assert(
      fc.property(anyName, fc.array(fc.double()), (name, values) => {
        expect(histogramOf(name, values).count).toBe(values.filter((value) => !Number.isNaN(value)).length);
      }),
    );
  });
});

describe('bins', () => {
  const evenNames = names.filter((name) => HISTOGRAMS[name].shape.kind === 'even');
  const exponentialNames = names.filter((name) => HISTOGRAMS[name].shape.kind === 'exponential');

  it('of even width hold what lies above their lower and up to their upper bound', () => {
    fc.assert(
      fc.property(fc.constantFrom(...evenNames), fc.integer({ min: -20_000, max: 20_000 }), (name, hundredths) => {
        const { shape } = HISTOGRAMS[name];
        // What is no whole resolution is rounded first.
        const value = Math.round(hundredths / 100 / shape.resolution) * shape.resolution;
        const counts = histogramOf(name, [value]).counts;
        const rounded = Number(value.toPrecision(9));
        expect(counts.indexOf(1)).toBe(binByBounds(explicitBounds(shape), rounded));
      }),
    );
  });

  it('of levels are 1 dB wide', () => {
    const bounds = explicitBounds(HISTOGRAMS['voice.input.snr'].shape);
    expect(bounds.slice(0, 3)).toEqual([-10, -9, -8]);
    expect(bounds.at(-1)).toBe(70);
    expect(bounds).toHaveLength(81);
  });

  it('of times follow the base of their scale', () => {
    fc.assert(
      fc.property(fc.constantFrom(...exponentialNames), fc.double({ min: 0, max: 1, noNaN: true }), (name, share) => {
        const { shape } = HISTOGRAMS[name];
        if (shape.kind !== 'exponential') return;
        const octaves = (shape.from + share * (shape.to - shape.from)) / 2 ** shape.scale;
        const value = Math.round(2 ** octaves / shape.resolution) * shape.resolution;
        const bin = histogramOf(name, [value]).counts.indexOf(1);
        const byLogarithm = Math.ceil(Math.log2(value) * 2 ** shape.scale) - shape.from;
        // A bound that is no whole resolution is rounded: a value right on it may be on its other side.
        const isOnBound = Math.abs(Math.log2(value) * 2 ** shape.scale - (bin + shape.from)) < 0.01;
        if (!isOnBound) expect(bin).toBe(Math.max(Math.min(byLogarithm, binCount(shape) - 1), 0));
      }),
    );
  });

  it('at both ends take what lies outside, infinities included', () => {
    for (const name of names) {
      const { counts, sum } = histogramOf(name, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
      expect([counts[0], counts.at(-1)]).toEqual([1, 1]);
      expect(Number.isSafeInteger(sum)).toBe(true);
    }
  });
});

describe('a quantile', () => {
  it('is off by less than the width of its bin', () => {
    const { shape } = HISTOGRAMS['voice.input.snr'];
    const anyLevels = fc.array(fc.integer({ min: -900, max: 6_900 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(anyLevels, fc.double({ min: 0.01, max: 1, noNaN: true }), (hundredths, share) => {
        const values = hundredths.map((each) => each / 100).sort((a, b) => a - b);
        const exact = values[Math.ceil(share * values.length) - 1]!;
        const estimate = quantile(shape, histogramOf('voice.input.snr', values), share);
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('of nothing is NaN', () => {
    expect(quantile(HISTOGRAMS['voice.input.snr'].shape, { counts: [0, 0], sum: 0 }, 0.5)).toBeNaN();
  });
});

describe('the cells of a count', () => {
  it('are numbered so that each combination of values has its own', () => {
    const shape = { kind: 'count', attributes: { a: ['x', 'y'], b: ['1', '2', '3'] } } as const;
    const cells = ['x', 'y'].flatMap((a) => ['1', '2', '3'].map((b) => cellOf(shape, [a, b])));
    expect(cells).toEqual([0, 1, 2, 3, 4, 5]);
    expect(cells.map((cell) => valuesOf(shape, cell).join())).toEqual(['x,1', 'x,2', 'x,3', 'y,1', 'y,2', 'y,3']);
    expect(cellOf(shape, ['x', 'z'])).toBe(-1);
    expect(cellOf(shape, ['x'])).toBe(-1);
  });
});
