import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_INTERVAL_MS, type ClockFinding, ClockWatch } from '../../src/capture/clock-watch.ts';

const LEVELS_PER_SECOND = 15;

interface Stretch {
  readonly seconds: number;
  /** Audio time for each unit of the page's. */
  readonly rate?: number;
  readonly areLevelsHeard?: boolean;
  readonly intervalMs?: number;
}

/** Looks at both clocks as a page does. @returns What was found first, and when. */
function watch(...stretches: readonly Stretch[]): { readonly finding: ClockFinding; readonly atMs: number } {
  const clock = new ClockWatch();
  let nowMs = 10_000;
  let audioMs = 0;
  let levels = 0;
  for (const { seconds, rate = 1, areLevelsHeard = rate > 0, intervalMs = CLOCK_INTERVAL_MS } of stretches) {
    for (const endMs = nowMs + seconds * 1_000; nowMs < endMs; ) {
      const finding = clock.push({ nowMs, audioMs, levelCount: Math.floor(levels) });
      if (finding !== 'fine') return { finding, atMs: nowMs - 10_000 };
      nowMs += intervalMs;
      audioMs += rate * intervalMs;
      if (areLevelsHeard) levels += (LEVELS_PER_SECOND * intervalMs) / 1_000;
    }
  }
  return { finding: 'fine', atMs: nowMs - 10_000 };
}

describe('the watch over the audio clock', () => {
  it('finds nothing wrong with clocks that run alike, give or take a few parts in a hundred', () => {
    for (const rate of [0.95, 0.999, 1, 1.05]) expect(watch({ seconds: 60, rate }).finding).toBe('fine');
  });

  it('finds a clock that stands still, within two seconds', () => {
    const { finding, atMs } = watch({ seconds: 5 }, { seconds: 10, rate: 0 });
    expect(finding).toBe('frozen');
    expect(atMs).toBeGreaterThanOrEqual(6_500);
    expect(atMs).toBeLessThanOrEqual(7_000);
  });

  it('finds a clock that never begins to run', () => {
    expect(watch({ seconds: 10, rate: 0 })).toEqual({ finding: 'frozen', atMs: 1_500 });
  });

  it('finds a worklet that says nothing while the clock runs', () => {
    const { finding, atMs } = watch({ seconds: 5 }, { seconds: 10, areLevelsHeard: false });
    expect(finding).toBe('frozen');
    expect(atMs).toBeLessThanOrEqual(7_500);
  });

  it('finds sound that comes at the rate of another device', () => {
    for (const rate of [0.88, 1.12, 16_000 / 48_000, 48_000 / 16_000]) {
      expect(watch({ seconds: 20, rate }).finding).toBe('off-rate');
    }
  });

  it('forgives one short window, as while a device starts', () => {
    expect(watch({ seconds: 3, rate: 0.8 }, { seconds: 20 }).finding).toBe('fine');
  });

  it('concludes nothing from a page that was stalled, hidden or asleep', () => {
    const asleep = { seconds: 40, rate: 0, intervalMs: 20_000 };
    expect(watch({ seconds: 3 }, asleep, { seconds: 10 }).finding).toBe('fine');
    expect(watch({ seconds: 30, intervalMs: 1_000 }).finding).toBe('fine');
  });

  it('is not deceived by readings that jitter', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 100, maxLength: 100 }), (jitters) => {
        const clock = new ClockWatch();
        for (const [i, jitterMs] of jitters.entries()) {
          const nowMs = i * CLOCK_INTERVAL_MS;
          expect(clock.push({ nowMs, audioMs: nowMs + jitterMs, levelCount: i })).toBe('fine');
        }
      }),
    );
  });
});
