import type { Samples } from '../units.ts';

/** Frame of every scorer: 512 samples at 16 kHz, 32 ms. Frame i is samples [512 i, 512 i + 512) of the stream. */
export const FRAME_SAMPLES: Samples = 512;

/** Tells how likely one frame of 16 kHz audio is speech. Runs inside the audio thread. */
export interface SpeechScorer {
  /** How far the answer lags behind the audio: an onset that it reports lies this much earlier. */
  readonly latencySamples: Samples;
  /**
   * Scores the next frame of the stream.
   *
   * @realtime
   * @param frame {@link FRAME_SAMPLES} samples at 16 kHz in [-1, 1]; read only, not kept.
   * @returns Speech probability, 0..1.
   */
  score(frame: Float32Array): number;
  /** Forgets the stream: the next frame is the first. @realtime */
  reset(): void;
}
