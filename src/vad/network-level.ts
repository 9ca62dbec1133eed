import { type Db, type Dbfs, dbToAmplitude, powerToDb } from '../units.ts';

/** How the network's input is levelled. */
export interface NetworkLevelOptions {
  /** Active level that speech is brought to. */
  readonly targetDbfs: Dbfs;
  /** Most that a distant voice is lifted, 0 or more. */
  readonly maxGainDb: Db;
  /** The lifted background stays under this, so that a quiet room does not sound like distant speech. */
  readonly noiseCeilingDbfs: Dbfs;
  /** A frame this far above the noise floor is taken for sound that matters; anything less freezes the gain. */
  readonly activeOverFloorDb: Db;
  /** Share of the way to a louder frame's level, per frame, 0..1. */
  readonly riseShare: number;
  /** Share of the way to a quieter frame's level, per frame, 0..1. */
  readonly fallShare: number;
}

/** Levels at which the network was found to hear best. Tuned on the development corpus' word timings. */
export const NETWORK_LEVEL_DEFAULTS: NetworkLevelOptions = {
  targetDbfs: -25,
  maxGainDb: 40,
  noiseCeilingDbfs: -50,
  activeOverFloorDb: 9,
  riseShare: 0.5,
  fallShare: 0.03,
};

/** Where {@link NetworkLevel.push} finds the frame's mean square, and that of the running noise floor. */
export const FRAME_POWER = 0;
export const NOISE_POWER = 1;

const ACTIVE_DBFS = 0;
const GAIN = 1;

/**
 * The gain at which the network hears the stream: Silero misses more than half of the frames of speech 50 dB down.
 *
 * Causal, 0..+40 dB, from the running level of what stands out of the noise; frozen in silence. Only the network hears
 * it: what is emitted gets the segment's own static gain.
 */
export class NetworkLevel {
  readonly #options: NetworkLevelOptions;
  /** Running active level and gain: in an array, where a changing number never goes on the heap. */
  readonly #state: Float64Array = new Float64Array(2);
  #activeFrameCount = 0;

  constructor(options: NetworkLevelOptions = NETWORK_LEVEL_DEFAULTS) {
    this.#options = options;
    this.reset();
  }

  /** Amplitude factor for the next frame. @realtime */
  get gain(): number {
    return this.#state[GAIN]!;
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
    const { targetDbfs, maxGainDb, noiseCeilingDbfs, activeOverFloorDb, riseShare, fallShare } = this.#options;
    const frameDbfs = powerToDb(powers[FRAME_POWER]!);
    const noiseDbfs = powerToDb(Math.max(powers[NOISE_POWER]!, 1e-10));
    if (frameDbfs < noiseDbfs + activeOverFloorDb) return;
    this.#activeFrameCount++;
    const activeDbfs = this.#state[ACTIVE_DBFS]!;
    // The first frames set the level, later ones move it: a whisper is heard from its second frame on.
    const share = frameDbfs > activeDbfs ? riseShare : Math.max(1 / this.#activeFrameCount, fallShare);
    const movedDbfs = activeDbfs + share * (frameDbfs - activeDbfs);
    const wantedDb = Math.min(targetDbfs - movedDbfs, noiseCeilingDbfs - noiseDbfs, maxGainDb);
    this.#state[ACTIVE_DBFS] = movedDbfs;
    this.#state[GAIN] = dbToAmplitude(Math.max(0, wantedDb));
  }

  /** Brings a frame to the level, in place. @realtime */
  apply(frame: Float32Array): void {
    const gain = this.#state[GAIN]!;
    for (let i = 0; i < frame.length; i++) frame[i]! *= gain;
  }

  /** @realtime */
  reset(): void {
    this.#activeFrameCount = 0;
    this.#state[ACTIVE_DBFS] = this.#options.targetDbfs;
    this.#state[GAIN] = 1;
  }
}
