import { type Db, type Dbfs, dbToAmplitude, type Hz, type Ms, msToSamples, type Samples } from '../units.ts';
import { FRAME_POWER } from './network-level.ts';
import { FRAME_SAMPLES } from './speech-scorer.ts';

/** When a frame stands out of what sounded before. */
export interface BackgroundOptions {
  /** Level over the background from which a frame stands out. Higher ignores more music and distant talk. */
  readonly standOutDb: Db;
  /** Share of the way to each background frame's level, 0..1. */
  readonly followShare: number;
  /** Until so much background was heard everything stands out: a word spoken with the press may be all that there is. */
  readonly knownMs: Ms;
  /** Frames under this are no room's, but digital silence, and tell nothing of it. */
  readonly quietestDbfs: Dbfs;
}

/** Tuned on noises without voices against single words, and words at 5 and 0 dB SNR, of the development corpus. */
export const BACKGROUND_DEFAULTS: BackgroundOptions = {
  standOutDb: 12,
  followShare: 0.04,
  knownMs: 500,
  quietestDbfs: -81,
};

const LEVEL_DB = 0;

/**
 * The mean level, in decibels, of what sounds while nobody speaks.
 *
 * Unlike the noise floor, which follows the quietest moments, it tells a word from the notes of a tune that goes on.
 */
export class BackgroundLevel {
  readonly #standOutDb: Db;
  readonly #followShare: number;
  readonly #quietest: number;
  readonly #knownFrames: number;
  readonly #state: Float64Array = new Float64Array(1);
  #frameCount = 0;

  constructor(rateHz: Hz, options: BackgroundOptions = BACKGROUND_DEFAULTS) {
    this.#standOutDb = options.standOutDb;
    this.#followShare = options.followShare;
    this.#quietest = dbToAmplitude(options.quietestDbfs) ** 2;
    const knownSamples: Samples = msToSamples(options.knownMs, rateHz);
    this.#knownFrames = Math.ceil(knownSamples / FRAME_SAMPLES);
  }

  /**
   * True for a frame that is far louder than the background, or while the background is not known.
   *
   * @realtime
   * @param powers The frame's mean square, where `NetworkLevel.push` takes it; read only.
   */
  standsOut(powers: Float64Array): boolean {
    if (this.#frameCount < this.#knownFrames) return true;
    return 10 * Math.log10(powers[FRAME_POWER]!) >= this.#state[LEVEL_DB]! + this.#standOutDb;
  }

  /** Hears a frame in which nobody speaks. @realtime @param powers As for {@link BackgroundLevel.standsOut}. */
  push(powers: Float64Array): void {
    if (powers[FRAME_POWER]! < this.#quietest) return;
    this.#frameCount++;
    // Written out, here and above: a call that the engine does not inline would put its result on the heap, every frame.
    const frameDb = 10 * Math.log10(powers[FRAME_POWER]!);
    const share = Math.max(1 / this.#frameCount, this.#followShare);
    this.#state[LEVEL_DB] = this.#state[LEVEL_DB]! + share * (frameDb - this.#state[LEVEL_DB]!);
  }

  /** Forgets the stream. @realtime */
  reset(): void {
    this.#frameCount = 0;
    this.#state[LEVEL_DB] = 0;
  }
}
