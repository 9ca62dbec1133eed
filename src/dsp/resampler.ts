import type { Hz, Samples } from '../units.ts';
import { PIPELINE_RATE_HZ } from './frame.ts';
import { designPhases, type PhaseTable } from './resampler-phases.ts';

const MIN_RATE_HZ: Hz = 8_000;
const MAX_RATE_HZ: Hz = 192_000;
/** Input kept beyond the filter's reach, so that old samples are moved away once in a while instead of at each push. */
const SLACK_SAMPLES = 2_048;
const UNLIMITED = 2 ** 30;

function requireRate(name: string, rateHz: Hz): void {
  if (!(Number.isInteger(rateHz) && rateHz >= MIN_RATE_HZ && rateHz <= MAX_RATE_HZ)) {
    throw new RangeError(`${name} must be a whole number in ${MIN_RATE_HZ}..${MAX_RATE_HZ} Hz, got ${rateHz}`);
  }
}

/**
 * Streaming sample-rate converter for one channel, with the filter's delay removed: output sample k is the input at time k / output rate.
 *
 * Flat within 0.05 dB up to 0.45 of the lower rate, -100 dB or better from 0.55 of it on. The output does not depend on how the input is
 * cut into pushes. At equal rates the samples pass unchanged.
 */
export class Resampler {
  readonly inputRateHz: Hz;
  readonly outputRateHz: Hz;
  /** Output samples that one {@link Resampler.flush} may write at most. */
  readonly maxFlushOutput: Samples;
  readonly #table: PhaseTable | null;
  /** Input from the oldest sample that an output still needs; the samples before the first are zeros. */
  readonly #window: Float64Array;
  /** End of the filled part of `#window`. */
  #filled = 0;
  /** First tap of the next output sample, as an index into `#window`. */
  #next = 0;
  /** Position of the next output sample between two input samples, in steps of 1 / `#table.stepsPerInput`. */
  #step = 0;
  #inputCount = 0;
  #outputCount = 0;

  /**
   * @param inputRateHz Whole number, 8,000..192,000.
   * @param outputRateHz Whole number, 8,000..192,000; 16,000 when left out.
   * @throws RangeError naming the rate and its value otherwise.
   */
  constructor(inputRateHz: Hz, outputRateHz: Hz = PIPELINE_RATE_HZ) {
    requireRate('inputRateHz', inputRateHz);
    requireRate('outputRateHz', outputRateHz);
    this.inputRateHz = inputRateHz;
    this.outputRateHz = outputRateHz;
    this.#table = inputRateHz === outputRateHz ? null : designPhases(inputRateHz, outputRateHz);
    const taps = this.#table === null ? 0 : this.#table.taps;
    this.maxFlushOutput = taps === 0 ? 0 : this.maxOutputFor(taps / 2);
    this.#window = new Float64Array(taps === 0 ? 0 : 2 * taps + SLACK_SAMPLES);
    this.reset();
  }

  /** The most samples that one push of `inputCount` samples can write. @realtime */
  maxOutputFor(inputCount: Samples): Samples {
    if (this.#table === null) return inputCount;
    return Math.ceil((inputCount * this.outputRateHz) / this.inputRateHz) + 1;
  }

  /**
   * Takes the next input and writes the output that is complete: it follows the input by half the filter's length.
   *
   * @realtime
   * @param input Samples at the input rate, any count; read only.
   * @param output Room for {@link Resampler.maxOutputFor} samples; owned by the caller.
   * @returns Samples written, from index 0 on.
   */
  push(input: Float32Array, output: Float32Array): Samples {
    this.#inputCount += input.length;
    let written = 0;
    if (this.#table === null) {
      for (let i = 0; i < input.length; i++) output[i] = input[i]!;
      written = input.length;
    } else {
      let at = 0;
      while (at < input.length) {
        const count = this.#makeRoom(input.length - at);
        for (let i = 0; i < count; i++) this.#window[this.#filled + i] = input[at + i]!;
        this.#filled += count;
        at += count;
        written = this.#emit(this.#table, output, written, UNLIMITED);
      }
    }
    this.#outputCount += written;
    return written;
  }

  /**
   * Ends the stream: writes what the filter still holds, as if zeros followed. In all, ceil(input x output rate / input rate)
   * samples have then come out. Call {@link Resampler.reset} before the next stream.
   *
   * @realtime
   * @param output Room for `maxFlushOutput` samples; owned by the caller.
   * @returns Samples written, from index 0 on.
   */
  flush(output: Float32Array): Samples {
    if (this.#table === null) return 0;
    const total = Math.ceil((this.#inputCount * this.outputRateHz) / this.inputRateHz);
    let left = this.#table.taps;
    let written = 0;
    while (left > 0) {
      const count = this.#makeRoom(left);
      this.#window.fill(0, this.#filled, this.#filled + count);
      this.#filled += count;
      left -= count;
      written = this.#emit(this.#table, output, written, total - this.#outputCount);
    }
    this.#outputCount += written;
    return written;
  }

  /** Forgets the stream: the next sample is the first. @realtime */
  reset(): void {
    this.#inputCount = 0;
    this.#outputCount = 0;
    this.#window.fill(0);
    // The first output sample lies on the first input sample, under the middle tap; zeros came before.
    this.#filled = this.#table === null ? 0 : this.#table.taps / 2 - 1;
    this.#next = 0;
    this.#step = 0;
  }

  /** Drops samples that no output needs any more when room is short; returns how many of `wanted` fit. */
  #makeRoom(wanted: number): number {
    if (this.#window.length - this.#filled < wanted && this.#next > 0) {
      const drop = Math.min(this.#next, this.#filled);
      this.#window.copyWithin(0, drop, this.#filled);
      this.#filled -= drop;
      this.#next -= drop;
    }
    return Math.min(wanted, this.#window.length - this.#filled);
  }

  #emit(table: PhaseTable, output: Float32Array, start: number, limit: number): number {
    const { taps, stepsPerInput, advanceInputs, advanceSteps } = table;
    let at = start;
    while (this.#next + taps <= this.#filled && at < limit) {
      table.convolve(this.#window, this.#next, this.#step, output, at);
      at++;
      this.#next += advanceInputs;
      this.#step += advanceSteps;
      if (this.#step >= stepsPerInput) {
        this.#step -= stepsPerInput;
        this.#next++;
      }
    }
    return at;
  }
}
