import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FloatRing } from '../../src/dsp/ring-buffer.ts';

function copy(ring: FloatRing, from: number, to: number): Float32Array {
  const into = new Float32Array(to - from);
  ring.copyOut(from, to, into);
  return into;
}

describe('FloatRing', () => {
  it('holds exactly the last samples of the stream, whatever the pushes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(50), { maxLength: 12 }), (capacity, counts) => {
        const ring = new FloatRing(capacity);
        const stream: number[] = [];
        for (const count of counts) {
          const samples = Float32Array.from({ length: count }, (_, i) => stream.length + i + 1);
          ring.push(samples);
          stream.push(...samples);
        }
        expect(ring.totalPushed).toBe(stream.length);
        expect(ring.oldestAbsolute).toBe(Math.max(0, stream.length - capacity));
        const held = stream.slice(ring.oldestAbsolute);
        expect([...copy(ring, ring.oldestAbsolute, ring.totalPushed)]).toEqual(held);
      }),
      { seed: 3 },
    );
  });

  it('takes and gives parts', () => {
    const ring = new FloatRing(4);
    ring.push(Float32Array.of(1, 2, 3, 4, 5), 1, 3);
    ring.push(Float32Array.of(6, 7), 1);
    const into = new Float32Array(4);
    ring.copyOut(1, 3, into, 2);
    expect(into).toEqual(Float32Array.of(0, 0, 3, 4));
    expect(copy(ring, 0, 4)).toEqual(Float32Array.of(2, 3, 4, 7));
  });

  it('refuses what was overwritten, what has not come yet and what does not fit', () => {
    const ring = new FloatRing(4);
    ring.push(new Float32Array(6));
    expect(() => copy(ring, 1, 3)).toThrow(
      'FloatRing cannot copy samples [1, 3): it holds [2, 6) and the target has room for 2',
    );
    expect(() => copy(ring, 5, 7)).toThrow(RangeError);
    expect(() => ring.copyOut(2, 6, new Float32Array(5), 2)).toThrow('room for 3');
    expect(() => ring.copyOut(5, 4, new Float32Array(5))).toThrow(RangeError);
  });

  it('starts at 0 again after reset', () => {
    const ring = new FloatRing(3);
    ring.push(Float32Array.of(1, 2, 3, 4));
    ring.reset();
    ring.push(Float32Array.of(9));
    expect(ring.totalPushed).toBe(1);
    expect(copy(ring, 0, 1)).toEqual(Float32Array.of(9));
    expect(() => copy(ring, 0, 2)).toThrow(RangeError);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a capacity of %d', (capacity) => {
    expect(() => new FloatRing(capacity)).toThrow(`whole number of at least 1 sample, got ${capacity}`);
  });
});
