import { describe, expect, it } from 'vitest';
import { BACKGROUND_DEFAULTS, BackgroundLevel } from '../../src/vad/background-level.ts';
import { FRAME_POWER } from '../../src/vad/network-level.ts';

const RATE_HZ = 16_000;
const FRAMES_PER_SECOND = 31.25;

function powers(levelDbfs: number): Float64Array {
  const result = new Float64Array(2);
  result[FRAME_POWER] = 10 ** (levelDbfs / 10);
  return result;
}

function heard(levelDbfs: number, seconds: number, background = new BackgroundLevel(RATE_HZ)): BackgroundLevel {
  for (let i = 0; i < seconds * FRAMES_PER_SECOND; i++) background.push(powers(levelDbfs));
  return background;
}

describe('the background level', () => {
  const { standOutDb } = BACKGROUND_DEFAULTS;

  it('lets everything stand out until it knows the background', () => {
    expect(new BackgroundLevel(RATE_HZ).standsOut(powers(-70))).toBe(true);
    expect(heard(-50, 0.3).standsOut(powers(-50))).toBe(true);
    expect(heard(-50, 1).standsOut(powers(-50))).toBe(false);
  });

  it('tells what is far louder than a steady background from what is not', () => {
    const background = heard(-50, 2);
    expect(background.standsOut(powers(-50 + standOutDb + 1))).toBe(true);
    expect(background.standsOut(powers(-50 + standOutDb - 1))).toBe(false);
  });

  it('follows a background that grows louder', () => {
    const background = heard(-30, 5, heard(-60, 5));
    expect(background.standsOut(powers(-30))).toBe(false);
  });

  it('learns nothing from digital silence', () => {
    const background = heard(Number.NEGATIVE_INFINITY, 5);
    expect(background.standsOut(powers(-70))).toBe(true);
    expect(heard(-50, 2, background).standsOut(powers(-48))).toBe(false);
  });

  it('knows nothing after a reset', () => {
    const background = heard(-50, 2);
    background.reset();
    expect(background.standsOut(powers(-50))).toBe(true);
  });
});
