import type { CaptureFaultMessage } from '../protocol/worklet-messages.ts';
import { type Hz, type Samples, type Seconds, secondsToSamples } from '../units.ts';

/** Flat digital zero for this long, while the track says "live", is a lost or muted microphone. */
const SILENT_SECONDS: Seconds = 2;
/** Window over which arriving samples are held against the clock. */
const STARVED_WINDOW_SECONDS: Seconds = 2;
/** Fewer samples than this share of the clock's are too few to recognise speech from. */
const STARVED_SHARE = 0.9;
/** Windows in a row that must be short: while everything starts, a busy device may lose some tenths of a second, once. */
const STARVED_WINDOW_COUNT = 2;

/**
 * Notices a microphone that is live but dead, and audio that comes slower than its clock; the one is said once for each
 * silence, the other once.
 */
export class InputWatch {
  readonly #silentSamples: Samples;
  readonly #windowSamples: Samples;
  #zeroRun: Samples = 0;
  #isSilentSaid = false;
  #isStarvedSaid = false;
  /** Negative until the clock can be trusted. */
  #nextFrame = -1;
  #hasBegun = false;
  #windowHeard: Samples = 0;
  #windowClock: Samples = 0;
  #shortWindowCount = 0;

  constructor(deviceRateHz: Hz) {
    this.#silentSamples = secondsToSamples(SILENT_SECONDS, deviceRateHz);
    this.#windowSamples = secondsToSamples(STARVED_WINDOW_SECONDS, deviceRateHz);
  }

  /**
   * Hears that samples arrived.
   *
   * @realtime
   * @param block The samples; zero length when the quantum came without any.
   * @param frame The clock at the quantum's start, in samples.
   * @param quantumSamples What the quantum should have held.
   * @returns Samples that the clock says were lost since the last call.
   */
  push(block: Float32Array, frame: Samples, quantumSamples: Samples): Samples {
    let allZero = true;
    for (let i = 0; i < block.length; i++) {
      if (block[i] !== 0) {
        allZero = false;
        break;
      }
    }
    this.#zeroRun = allZero ? this.#zeroRun + quantumSamples : 0;
    if (!allZero) this.#isSilentSaid = false;
    // The source needs a few quanta to start: the clock counts from its first sample.
    if (!this.#hasBegun && block.length === 0) return 0;
    const skipped = this.#nextFrame < 0 ? 0 : Math.max(0, frame - this.#nextFrame);
    // At its first quantum a worklet in Chromium may be shown the time at which it was made, tenths of a second ago.
    this.#nextFrame = this.#hasBegun ? frame + quantumSamples : -1;
    this.#hasBegun = true;
    const missing = skipped + quantumSamples - block.length;
    this.#windowHeard += block.length;
    this.#windowClock += skipped + quantumSamples;
    return missing;
  }

  /** A fault to report, if one has just been noticed. @realtime */
  check(): CaptureFaultMessage | undefined {
    if (this.#zeroRun >= this.#silentSamples && !this.#isSilentSaid) {
      this.#isSilentSaid = true;
      return {
        type: 'fault',
        code: 'silent',
        message: `The microphone has delivered nothing but digital silence for ${SILENT_SECONDS} s. It may be muted, or gone.`,
      };
    }
    if (this.#windowClock < this.#windowSamples) return undefined;
    const share = this.#windowHeard / this.#windowClock;
    this.#windowHeard = 0;
    this.#windowClock = 0;
    this.#shortWindowCount = share < STARVED_SHARE ? this.#shortWindowCount + 1 : 0;
    if (this.#shortWindowCount < STARVED_WINDOW_COUNT || this.#isStarvedSaid) return undefined;
    this.#isStarvedSaid = true;
    return {
      type: 'fault',
      code: 'starved',
      message: `Only ${Math.round(share * 100)} % of the microphone's audio arrives: the device is too busy.`,
    };
  }

  /** @realtime */
  reset(): void {
    this.#zeroRun = 0;
    this.#isSilentSaid = false;
    this.#isStarvedSaid = false;
    this.#nextFrame = -1;
    this.#hasBegun = false;
    this.#windowHeard = 0;
    this.#windowClock = 0;
    this.#shortWindowCount = 0;
  }
}
