import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_SAMPLES, type SpeechScorer } from '../../src/vad/speech-scorer.ts';
import { rumble, seededRandom, silence, speechLikeBursts } from '../signals.ts';

const RATE_HZ = 16_000;
const SECONDS = 4;

/** Every complete frame's score, from a fresh stream. */
export function scoreFrames(scorer: SpeechScorer, samples: Float32Array): Float32Array {
  scorer.reset();
  return Float32Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_, i) =>
    scorer.score(samples.slice(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES)),
  );
}

/** How often a frame of the first kind scores above one of the second, ties half: the area under the ROC curve. */
function separation(speech: readonly number[], other: readonly number[]): number {
  const wins = speech.map((a) => other.reduce((sum, b) => sum + (a > b ? 1 : a === b ? 0.5 : 0), 0));
  return wins.reduce((sum, count) => sum + count, 0) / (speech.length * other.length);
}

/** What a scorer must be able to do on a recording. */
export interface ScoredRecording {
  readonly samples: Float32Array;
  /** Where somebody speaks, in seconds. */
  readonly speech: readonly (readonly [start: number, end: number])[];
  /** How often at least a speech frame must score above another one, 0..1. */
  readonly leastSeparation: number;
}

/** What every implementation of {@link SpeechScorer} must do. */
export function describeSpeechScorer(
  name: string,
  make: () => SpeechScorer,
  recording: () => Promise<ScoredRecording>,
): void {
  describe(`${name} as a speech scorer`, () => {
    const speechLike = speechLikeBursts(RATE_HZ, SECONDS, -24, { seed: 3 });

    it('says how far its answer lags, in whole frames', () => {
      const { latencySamples } = make();
      expect(latencySamples).toBeGreaterThanOrEqual(0);
      expect(latencySamples % FRAME_SAMPLES).toBe(0);
    });

    it('gives a probability for any frame of finite samples, and for those that follow', () => {
      const scorer = make();
      const random = seededRandom(11);
      fc.assert(
        fc.property(fc.constantFrom(0, 1e-39, 1e-30, 1e-6, 0.1, 1, 30), (scale) => {
          const score = scorer.score(Float32Array.from({ length: FRAME_SAMPLES }, () => (random() * 2 - 1) * scale));
          return score >= 0 && score <= 1;
        }),
        { numRuns: 100 },
      );
    });

    it('leaves the frame as it was, and keeps no hold of it', () => {
      const scorer = make();
      const frame = speechLike.slice(0, FRAME_SAMPLES);
      const before = frame.slice();
      scorer.score(frame);
      expect(frame).toEqual(before);
      const second = speechLike.slice(FRAME_SAMPLES, 2 * FRAME_SAMPLES);
      const expected = scoreFrames(make(), speechLike.subarray(0, 2 * FRAME_SAMPLES))[1];
      frame.fill(1);
      expect(Math.fround(scorer.score(second))).toBe(expected);
    });

    it('forgets the stream at a reset, bit for bit', () => {
      const scorer = make();
      const fresh = scoreFrames(make(), speechLike);
      scoreFrames(scorer, rumble(RATE_HZ, SECONDS, -20, 5));
      expect(scoreFrames(scorer, speechLike)).toEqual(fresh);
    });

    it('shares nothing with another instance', () => {
      const first = make();
      const second = make();
      const alone = scoreFrames(make(), speechLike);
      const noise = rumble(RATE_HZ, SECONDS, -20, 6);
      first.reset();
      second.reset();
      const beside = alone.map((_, i) => {
        second.score(noise.slice(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES));
        return first.score(speechLike.slice(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES));
      });
      expect(beside).toEqual(alone);
    });

    it('takes digital silence for no speech', () => {
      for (const score of scoreFrames(make(), silence(RATE_HZ, SECONDS))) expect(score).toBeLessThan(0.5);
    });

    it('scores the frames of a recording in which somebody speaks above the others', async () => {
      const { samples, speech, leastSeparation } = await recording();
      const scorer = make();
      const spoken: number[] = [];
      const other: number[] = [];
      scoreFrames(scorer, samples).forEach((score, i) => {
        const middle = ((i + 0.5) * FRAME_SAMPLES - scorer.latencySamples) / RATE_HZ;
        const isSpeech = speech.some(([start, end]) => middle >= start && middle < end);
        (isSpeech ? spoken : other).push(score);
      });
      expect(spoken.length).toBeGreaterThan(20);
      expect(other.length).toBeGreaterThan(20);
      expect(separation(spoken, other)).toBeGreaterThanOrEqual(leastSeparation);
    });
  });
}
