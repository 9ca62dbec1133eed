import { NoiseFloorTracker } from '../dsp/noise-floor.ts';
import { powerToDb, type Samples } from '../units.ts';
import { FRAME_SAMPLES, type SpeechScorer } from './speech-scorer.ts';

/** Level over the noise floor at which the score reaches 0.5. */
const MIDPOINT_DB = 9;
/** How steeply the score rises around the midpoint, per decibel. */
const SLOPE_PER_DB = 0.5;

/**
 * Speech by level alone: a frame counts as speech as far as it stands above the running noise floor.
 *
 * The baseline that every other scorer must beat, and the fallback where WebAssembly is forbidden. It cannot tell
 * speech from any other sound.
 */
export class EnergyScorer implements SpeechScorer {
  readonly latencySamples: Samples = 0;
  readonly #floor = new NoiseFloorTracker(32);

  /** @realtime */
  score(frame: Float32Array): number {
    let sumSquares = 0;
    for (let i = 0; i < frame.length; i++) {
      const x = frame[i]!;
      sumSquares += x * x;
    }
    const meanSquare = sumSquares / FRAME_SAMPLES;
    this.#floor.pushHop(meanSquare);
    if (meanSquare === 0) return 0;
    const overFloorDb = powerToDb(meanSquare / Math.max(this.#floor.noiseMeanSquare(), 1e-10));
    return 1 / (1 + Math.exp(-SLOPE_PER_DB * (overFloorDb - MIDPOINT_DB)));
  }

  /** @realtime */
  reset(): void {
    this.#floor.reset();
  }
}
