import { floatToPcm16 } from '../dsp/pcm.ts';
import type { FloatRing } from '../dsp/ring-buffer.ts';
import type { Samples } from '../units.ts';

/**
 * Turns a stretch of the history into PCM16 with one gain, a little in every quantum: thirty seconds at once would
 * take longer than a quantum lasts.
 */
export class TakeBuilder {
  readonly #history: FloatRing;
  readonly #scratch: Float32Array;
  #pcm16: Int16Array<ArrayBuffer> | undefined;
  #startSample: Samples = 0;
  #endSample: Samples = 0;
  #doneSample: Samples = 0;
  #amplitude = 1;

  /** @param stepSamples Most samples converted by one `advance`. */
  constructor(history: FloatRing, stepSamples: Samples) {
    this.#history = history;
    this.#scratch = new Float32Array(stepSamples);
  }

  get isBusy(): boolean {
    return this.#pcm16 !== undefined;
  }

  /**
   * Begins a take.
   *
   * The buffer is allocated here, once a take, at its exact size: it is transferred to another thread and never comes
   * back, so a pool would only be refilled by allocation too.
   *
   * @param paddingSamples Zeros after the last sample.
   */
  begin(startSample: Samples, endSample: Samples, paddingSamples: Samples, amplitude: number): void {
    this.#pcm16 = new Int16Array(endSample - startSample + paddingSamples);
    this.#startSample = startSample;
    this.#endSample = endSample;
    this.#doneSample = startSample;
    this.#amplitude = amplitude;
  }

  /** Converts the next step. @realtime @returns The finished take, handed over; undefined while it is not done. */
  advance(): Int16Array<ArrayBuffer> | undefined {
    const pcm16 = this.#pcm16;
    if (pcm16 === undefined) return undefined;
    const count = Math.min(this.#scratch.length, this.#endSample - this.#doneSample);
    this.#history.copyOut(this.#doneSample, this.#doneSample + count, this.#scratch);
    floatToPcm16(this.#scratch, 0, count, this.#amplitude, pcm16, this.#doneSample - this.#startSample);
    this.#doneSample += count;
    if (this.#doneSample < this.#endSample) return undefined;
    this.#pcm16 = undefined;
    return pcm16;
  }

  /** Drops the take under way. @realtime */
  abandon(): void {
    this.#pcm16 = undefined;
  }
}
