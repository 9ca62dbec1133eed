import type { LevelMessage } from '../protocol/worklet-messages.ts';
import type { Hz, Samples } from '../units.ts';

/** Level messages a second. */
const REPORTS_PER_SECOND = 15;

const SUM_SQUARES = 0;
const PEAK = 1;
const PROBABILITY = 2;

/**
 * Sums up the microphone's level and says it about fifteen times a second: a message a quantum would cost too much.
 *
 * Its numbers live in an array, and the decibels are worked out on the spot: a number that is handed to a function, or
 * comes back from one, goes on the heap wherever the compiler does not inline the call.
 */
export class LevelReporter {
  readonly #intervalSamples: Samples;
  readonly #state: Float64Array = new Float64Array(3);
  /** Posting copies it: one serves for all reports. */
  readonly #message: { -readonly [Key in keyof LevelMessage]: LevelMessage[Key] } = {
    type: 'level',
    rmsDbfs: Number.NEGATIVE_INFINITY,
    peakDbfs: Number.NEGATIVE_INFINITY,
    probability: 0.5,
    heardSamples: 0,
  };
  #count: Samples = 0;
  #heardSamples: Samples = 0;
  /** The first report comes at once: it tells the page that audio flows. */
  #dueCount: Samples = 0;

  constructor(deviceRateHz: Hz) {
    this.#intervalSamples = Math.round(deviceRateHz / REPORTS_PER_SECOND);
  }

  /** @realtime @param score Holds the detector's latest speech probability at index 0; read only. */
  hearScore(score: Float64Array): void {
    this.#state[PROBABILITY] = score[0]!;
  }

  /**
   * @realtime
   * @param block The next mono samples; invalid ones must have been replaced.
   * @returns A message when one is due; the next one overwrites it.
   */
  push(block: Float32Array): LevelMessage | undefined {
    let sumSquares = this.#state[SUM_SQUARES]!;
    let peak = this.#state[PEAK]!;
    for (let i = 0; i < block.length; i++) {
      const x = Math.abs(block[i]!);
      sumSquares += x * x;
      if (x > peak) peak = x;
    }
    this.#state[SUM_SQUARES] = sumSquares;
    this.#state[PEAK] = peak;
    this.#count += block.length;
    this.#heardSamples += block.length;
    if (this.#count < this.#dueCount) return undefined;
    this.#message.rmsDbfs = 10 * Math.log10(sumSquares / this.#count);
    this.#message.peakDbfs = 20 * Math.log10(peak);
    this.#message.probability = this.#state[PROBABILITY]!;
    this.#message.heardSamples = this.#heardSamples;
    this.#state[SUM_SQUARES] = 0;
    this.#state[PEAK] = 0;
    this.#count = 0;
    this.#dueCount = this.#intervalSamples;
    return this.#message;
  }

  /** @realtime */
  reset(): void {
    this.#state.fill(0);
    this.#count = 0;
    this.#heardSamples = 0;
    this.#dueCount = 0;
  }
}
