import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexOfHighest, logSoftmaxAt, meanLogProbability } from '../../src/recogniser/confidence.ts';

const logits = fc
  .array(fc.integer({ min: -4000, max: 4000 }), { minLength: 1, maxLength: 50 })
  .map((values) => Float32Array.from(values, (value) => value / 100));

describe('token probability', () => {
  it('is the softmax: exponentials over their sum', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const exponentials = Array.from(values, Math.exp);
        const sum = exponentials.reduce((total, value) => total + value, 0);
        values.forEach((_, i) => {
          expect(Math.exp(logSoftmaxAt(values, i))).toBeCloseTo(exponentials[i]! / sum, 10);
        });
      }),
    );
  });

  it('does not overflow where the exponentials do', () => {
    expect(logSoftmaxAt(Float32Array.of(1000, 1000), 0)).toBeCloseTo(Math.log(0.5), 12);
    expect(logSoftmaxAt(Float32Array.of(0, 1000), 0)).toBe(-1000);
  });

  it('is highest at the first of the highest logits', () => {
    expect(indexOfHighest(Float32Array.of(1, 3, 2, 3))).toBe(1);
    expect(indexOfHighest(Float32Array.of(Number.NaN, 3))).toBe(1);
  });

  it('is averaged as a logarithm, so that the confidence is a geometric mean', () => {
    expect(Math.exp(meanLogProbability([Math.log(0.5), Math.log(0.125)]))).toBeCloseTo(0.25, 12);
  });

  it('of no token at all is a confidence of 0', () => {
    expect(Math.exp(meanLogProbability([]))).toBe(0);
  });
});
