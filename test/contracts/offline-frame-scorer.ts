import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRAME_SAMPLES } from '../../src/vad/speech-scorer.ts';
import type { OfflineFrameScorer } from '../offline-frame-scorer.ts';
import { rumble, silence, speechLikeBursts } from '../signals.ts';

const RATE_HZ = 16_000;
const SECONDS = 3;

/** What every implementation of {@link OfflineFrameScorer} must do. */
export function describeOfflineFrameScorer(name: string, make: () => Promise<OfflineFrameScorer>): void {
  describe(`${name} as an offline frame scorer`, () => {
    const speechLike = speechLikeBursts(RATE_HZ, SECONDS, -24, { seed: 3 });
    let scorer: OfflineFrameScorer;
    beforeAll(async () => {
      scorer = await make();
    });
    afterAll(() => scorer.close());

    it('says how far its answer lags, in whole frames', () => {
      expect(scorer.latencySamples).toBeGreaterThanOrEqual(0);
      expect(scorer.latencySamples % FRAME_SAMPLES).toBe(0);
    });

    it('gives one probability for each complete frame', async () => {
      for (const sampleCount of [0, 1, FRAME_SAMPLES - 1, FRAME_SAMPLES, 3 * FRAME_SAMPLES, 10 * FRAME_SAMPLES + 7]) {
        const scores = await scorer.score(speechLike.subarray(0, sampleCount));
        expect(scores.length).toBe(Math.floor(sampleCount / FRAME_SAMPLES));
        expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
      }
    });

    it('scores every clip from a fresh stream, bit for bit', async () => {
      const first = await scorer.score(speechLike);
      await scorer.score(rumble(RATE_HZ, SECONDS, -20, 5));
      expect(await scorer.score(speechLike)).toEqual(first);
    });

    it('leaves the samples as they were', async () => {
      const samples = speechLike.slice();
      await scorer.score(samples);
      expect(samples).toEqual(speechLike);
    });

    it('takes digital silence for no speech', async () => {
      for (const score of await scorer.score(silence(RATE_HZ, SECONDS))) expect(score).toBeLessThan(0.5);
    });
  });
}
