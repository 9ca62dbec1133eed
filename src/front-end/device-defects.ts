import { ClippingCounter } from '../dsp/clipping.ts';
import { DropoutCounter } from '../dsp/dropout.ts';
import { replaceInvalid } from '../dsp/invalid.ts';
import type { Hz, Samples } from '../units.ts';

/** Counts what is wrong with the device's own samples, at the device's rate, where resampling has not smoothed it yet. */
export class DeviceDefects {
  /** Runs at full scale since the last `clear`. */
  clippedRuns = 0;
  /** Runs of digital zeros since the last `clear`. */
  dropouts = 0;
  /** NaN or infinite samples since the last `clear`. */
  invalidSamples: Samples = 0;
  /** Samples that the audio clock says were lost since the last `clear`. */
  missingSamples: Samples = 0;
  readonly #clipping = new ClippingCounter();
  readonly #dropout: DropoutCounter;

  constructor(deviceRateHz: Hz) {
    this.#dropout = new DropoutCounter(deviceRateHz);
  }

  /** Replaces invalid samples of the block by 0, in place, and counts. @realtime */
  inspect(block: Float32Array): void {
    this.invalidSamples += replaceInvalid(block);
    this.clippedRuns += this.#clipping.pushHop(block);
    this.dropouts += this.#dropout.pushHop(block);
  }

  /** Starts counting anew; runs that are still open go on. @realtime */
  clear(): void {
    this.clippedRuns = 0;
    this.dropouts = 0;
    this.invalidSamples = 0;
    this.missingSamples = 0;
  }

  /** Forgets the stream. @realtime */
  reset(): void {
    this.clear();
    this.#clipping.reset();
    this.#dropout.reset();
  }
}
