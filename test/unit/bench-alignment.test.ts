import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseFlac } from '../../src/dsp/flac.ts';
import { align } from '../bench/browser/alignment.ts';
import { concatenate } from '../signals.ts';

const RATE_HZ = 16_000;
const recording = sentence();

function sentence(): Float32Array {
  const { rateHz, channels } = parseFlac(readFileSync('test/fixtures/audio/1688-142285-0003.flac'));
  expect(rateHz).toBe(RATE_HZ);
  return channels[0]!;
}

test('audio cut out of a recording and levelled is found where it was cut out', () => {
  const emitted = recording.slice(8_000, 56_000).map((x) => x * 0.3);
  expect(align(emitted, recording)).toMatchObject({ startSample: 8_000, endSample: 56_000, lostSamples: 0 });
});

test('samples that are missing in the middle are counted, each', () => {
  for (const lost of [1, 160, 4_321]) {
    const emitted = concatenate(recording.slice(8_000, 30_000), recording.slice(30_000 + lost, 64_000));
    expect(align(emitted, recording)).toMatchObject({ startSample: 8_000, endSample: 64_000, lostSamples: lost });
  }
});

test('samples that were put in count as negative losses', () => {
  const emitted = concatenate(recording.slice(8_000, 30_000), new Float32Array(160), recording.slice(30_000, 64_000));
  expect(align(emitted, recording)).toMatchObject({ lostSamples: -160 });
});

test('another sound is not found', () => {
  // Its own sound played backwards: as loud, and with the same spectrum.
  const alignment = align(recording.slice(8_000, 56_000).toReversed(), recording);
  expect(alignment?.foundCount ?? 0).toBeLessThan(3);
});
