import { describe, expect, it } from 'vitest';
import { type LevelHint, LevelHintTracker } from '../../src/element/level-hint.ts';

const STEP_MS = 66;

/** Pushes the same level for a while; returns the last hint. */
function hold(
  tracker: LevelHintTracker,
  fromMs: number,
  forMs: number,
  rmsDbfs: number,
  probability: number,
): LevelHint {
  let hint: LevelHint = 'none';
  for (let nowMs = fromMs; nowMs < fromMs + forMs; nowMs += STEP_MS) {
    hint = tracker.push(nowMs, rmsDbfs, rmsDbfs + 10, probability);
  }
  return hint;
}

describe('the hint on the level of the microphone', () => {
  it('says nothing of speech at an ordinary level', () => {
    expect(hold(new LevelHintTracker(), 0, 5000, -28, 0.9)).toBe('none');
  });

  it('says nothing of silence, however long', () => {
    expect(hold(new LevelHintTracker(), 0, 20_000, -75, 0.02)).toBe('none');
  });

  it('asks for more after a second of faint speech, not before', () => {
    const tracker = new LevelHintTracker();
    expect(hold(tracker, 0, 900, -58, 0.9)).toBe('none');
    expect(hold(tracker, 900, 400, -58, 0.9)).toBe('too-quiet');
  });

  it('takes no offence at a word that fades out before a silence', () => {
    const tracker = new LevelHintTracker();
    hold(tracker, 0, 1500, -25, 0.9);
    hold(tracker, 1500, 300, -58, 0.7);
    expect(hold(tracker, 1800, 5000, -75, 0.02)).toBe('none');
  });

  it('takes the hint back once the voice is up', () => {
    const tracker = new LevelHintTracker();
    expect(hold(tracker, 0, 1500, -58, 0.9)).toBe('too-quiet');
    expect(hold(tracker, 1500, 100, -30, 0.9)).toBe('none');
  });

  it('asks for less when peaks reach full scale again and again', () => {
    expect(hold(new LevelHintTracker(), 0, 1500, -10, 0.9)).toBe('too-loud');
  });

  it('does not mind a single knock', () => {
    const tracker = new LevelHintTracker();
    tracker.push(0, -12, 0, 0.1);
    expect(hold(tracker, 66, 2000, -28, 0.9)).toBe('none');
  });
});
