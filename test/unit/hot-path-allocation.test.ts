import { describe, expect, it } from 'vitest';
import budgets from '../bench/budgets.json' with { type: 'json' };
import { atWorkletRate, growWorklet } from '../bench/front-end/worklet-process.ts';
import { concatenate } from '../signals.ts';
import { recording } from '../transcribed-clips.ts';

/** Two hours of talking would grow the heap by no more than 6 MB. */
const MOST_BYTES_PER_HOP = budgets.heapBytesPerHop;
const HOPS = 200_000;

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

describe('the built worklet', () => {
  it(`grows the heap by less than ${MOST_BYTES_PER_HOP} bytes for every 10 ms of speech and pauses, takes included`, async () => {
    const [speech, room] = await Promise.all([recording('jfk.flac'), recording('room_tone_1.flac')]);
    const samples = concatenate(atWorkletRate(speech, 44_100), atWorkletRate(room, 16_000));
    const { bytesPerHop, hops, takeCount } = growWorklet(samples, { hops: HOPS });
    expect(hops).toBe(HOPS);
    // The stream is heard at all: some takes a minute.
    expect(takeCount).toBeGreaterThan(HOPS / 6_000);
    expect(middleOf(bytesPerHop)).toBeLessThan(MOST_BYTES_PER_HOP);
  }, 180_000);
});
