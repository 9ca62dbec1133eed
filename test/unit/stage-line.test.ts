import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stageLine, stagesOf, textDelayMs, transferLine } from '../../src/app/stage-line.ts';

const timings = { endpointMs: 210.4, encodeMs: 0.8, predictMs: 310, afterCommitMs: 96, attemptCount: 1 };

describe('the line of stages', () => {
  it('names each stage with its time in whole milliseconds', () => {
    expect(stageLine(stagesOf(timings, 4.2))).toBe('endpoint 210 ms · encode 1 ms · recognise 310 ms · search 4 ms');
  });

  it('leaves the search out until it was made', () => {
    expect(stageLine(stagesOf(timings, undefined))).toBe('endpoint 210 ms · encode 1 ms · recognise 310 ms');
  });

  it('counts the wait for the text from the last word, not the stages that ran meanwhile', () => {
    expect(textDelayMs(timings)).toBeCloseTo(306.4, 6);
  });
});

describe('the line on what was sent', () => {
  it('sets sent beside heard in kB of 1,000 bytes', () => {
    expect(transferLine(1_240_000, 38_000)).toBe('Sent 38 kB of 1,240 kB heard (3 %)');
  });

  it('claims no share before anything was heard', () => {
    expect(transferLine(0, 0)).toBe('Sent 0 kB of 0 kB heard');
  });

  it('never shows something as nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1_000_000, max: 1e12 }), (sent, captured) => {
        expect(transferLine(captured, sent)).not.toContain('(0 %)');
      }),
    );
  });
});
