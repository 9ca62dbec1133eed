import { type Db, type Dbfs, dbToAmplitude, powerToDb } from '../units.ts';

/** Active level at which the network was found to hear best. Tuned on the development corpus' word timings. */
const TARGET_DBFS: Dbfs = -25;
/** Most that a distant voice is lifted. */
const MAX_GAIN_DB: Db = 40;
/** The lifted background stays under this, so that a quiet room does not sound like distant speech. */
const NOISE_CEILING_DBFS: Dbfs = -50;
/** A frame this far above the noise floor is taken for sound that matters; anything less freezes the gain. */
const ACTIVE_OVER_FLOOR_DB: Db = 9;
/** Where {@link NetworkLevel.push} finds the frame's mean square, and that of the running noise floor. */
export const FRAME_POWER = 0;
export const NOISE_POWER = 1;
/** Share of the way to a louder frame's level, and to a quieter one's, per frame. */
const RISE_SHARE = 0.5;
const FALL_SHARE = 0.03;

/**
 * The gain at which the network hears the stream: Silero misses more than half of the frames of speech 50 dB down.
 *
 * Causal, 0..+40 dB, from the running level of what stands out of the noise; frozen in silence. Only the network hears
 * it: what is emitted gets the segment's own static gain.
 */
export class NetworkLevel {
  #activeFrameCount = 0;
  #activeDbfs: Dbfs = TARGET_DBFS;
  #gain = 1;

  /** Amplitude factor for the next frame. */
  get gain(): number {
    return this.#gain;
  }

  /**
   * Hears one frame's level before the frame is scored.
   *
   * @realtime
   * @param powers Mean squares at {@link FRAME_POWER} and {@link NOISE_POWER}; read only. In an array, because numbers
   *   handed over as such would go on the heap.
   */
  push(powers: Float64Array): void {
    if (powers[FRAME_POWER]! <= 0) return;
    const frameDbfs = powerToDb(powers[FRAME_POWER]!);
    const noiseDbfs = powerToDb(Math.max(powers[NOISE_POWER]!, 1e-10));
    if (frameDbfs < noiseDbfs + ACTIVE_OVER_FLOOR_DB) return;
    this.#activeFrameCount++;
    // The first frames set the level, later ones move it: a whisper is heard from its second frame on.
    const share = frameDbfs > this.#activeDbfs ? RISE_SHARE : Math.max(1 / this.#activeFrameCount, FALL_SHARE);
    this.#activeDbfs += share * (frameDbfs - this.#activeDbfs);
    const wantedDb = Math.min(TARGET_DBFS - this.#activeDbfs, NOISE_CEILING_DBFS - noiseDbfs, MAX_GAIN_DB);
    this.#gain = dbToAmplitude(Math.max(0, wantedDb));
  }

  /** @realtime */
  reset(): void {
    this.#activeFrameCount = 0;
    this.#activeDbfs = TARGET_DBFS;
    this.#gain = 1;
  }
}
