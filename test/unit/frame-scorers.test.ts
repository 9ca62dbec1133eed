import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { OFFLINE_SCORERS, ortSilero, SYNCHRONOUS_SCORERS, vadWebScorer } from '../bench/front-end/scorers.ts';
import { describeOfflineFrameScorer } from '../contracts/offline-frame-scorer.ts';
import { describeSpeechScorer, type ScoredRecording, scoreFrames } from '../contracts/speech-scorer.ts';
import { concatenate, whiteNoise } from '../signals.ts';
import { largestDifference } from '../silero-oracle.ts';
import { recording } from '../transcribed-clips.ts';

/** A recorded order between two seconds of a faint room: where its words are is machine-aligned. */
async function paddedOrder(leastSeparation: number): Promise<ScoredRecording> {
  const room = (seed: number) => whiteNoise(16_000, 2, -70, seed);
  const order = await recording('8b705c12.flac');
  const labels = new URL('../fixtures/audio/8b705c12.words.json', import.meta.url);
  const { words }: { words: [string, number, number][] } = JSON.parse(await readFile(labels, 'utf8'));
  return {
    samples: concatenate(room(1), order, room(2)),
    speech: words.map(([, start, end]) => [start + 2, end + 2] as const),
    leastSeparation,
  };
}

/** The energy scorer tells loud from faint only; the network tells speech from sound. */
const LEAST_SEPARATION: Readonly<Record<string, number>> = { energy: 0.6 };

for (const [name, make] of Object.entries(SYNCHRONOUS_SCORERS)) {
  describeSpeechScorer(name, make, () => paddedOrder(LEAST_SEPARATION[name] ?? 0.9));
}
for (const [name, make] of Object.entries(OFFLINE_SCORERS)) describeOfflineFrameScorer(name, make);

describe('the two families of scorers on the same clip', () => {
  let samples: Float32Array;
  let ort: Float32Array;
  let vadWeb: Float32Array;
  beforeAll(async () => {
    ({ samples } = await paddedOrder(0));
    const [silero, wrapped] = await Promise.all([ortSilero(), vadWebScorer('v6')]);
    ort = await silero.score(samples);
    vadWeb = await wrapped.score(samples);
    await Promise.all([silero.close(), wrapped.close()]);
  });

  // Tolerances are absolute probabilities; half precision moves them by less than 0.01, 8 bits by less than 0.06.
  it.each([
    ['kernel fp16', 0.01],
    ['kernel int8', 0.06],
  ] as const)('%s answers as Silero v6 on onnxruntime-web does, frame by frame, within %d', (name, tolerance) => {
    expect(largestDifference(scoreFrames(SYNCHRONOUS_SCORERS[name]!(), samples), ort)).toBeLessThanOrEqual(tolerance);
  });

  it('vad-web gives the same answers with the same network, up to the clip’s incomplete last frame', () => {
    expect(largestDifference(vadWeb, ort)).toBeLessThanOrEqual(1e-5);
  });

  it('holds frames that the network is sure of either way, so that agreement means something', () => {
    expect(ort.filter((score) => score > 0.9).length).toBeGreaterThan(20);
    expect(ort.filter((score) => score < 0.1).length).toBeGreaterThan(20);
  });
});
