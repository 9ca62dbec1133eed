import type { Samples } from '../src/units.ts';

/**
 * Tells how likely each 32 ms frame of a whole clip is speech: runtimes that answer later, and so can never run inside the
 * audio thread. Frames as of `SpeechScorer`.
 */
export interface OfflineFrameScorer {
  /** How far the answer lags behind the audio, as its authors deliver it or as it was measured. */
  readonly latencySamples: Samples;
  /**
   * Scores a clip from a fresh stream.
   *
   * @param samples 16 kHz mono in [-1, 1]; read only. An incomplete last frame is left out.
   * @returns A probability, 0..1, for each complete frame.
   */
  score(samples: Float32Array): Promise<Float32Array>;
  /** Frees the runtime's memory. */
  close(): Promise<void>;
}
