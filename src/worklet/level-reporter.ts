import type { LevelMessage } from '../protocol/worklet-messages.ts';
import { amplitudeToDb, type Hz, powerToDb, type Samples } from '../units.ts';

/** Level messages a second. */
const REPORTS_PER_SECOND = 15;

/** Sums up the microphone's level and says it about fifteen times a second: a message a quantum would cost too much. */
export class LevelReporter {
  readonly #intervalSamples: Samples;
  #sumSquares = 0;
  #peak = 0;
  #count: Samples = 0;
  #heardSamples: Samples = 0;
  /** The first report comes at once: it tells the page that audio flows. */
  #dueCount: Samples = 0;

  constructor(deviceRateHz: Hz) {
    this.#intervalSamples = Math.round(deviceRateHz / REPORTS_PER_SECOND);
  }

  /**
   * @realtime
   * @param block The next mono samples; invalid ones must have been replaced.
   * @returns A message when one is due.
   */
  push(block: Float32Array, probability: number): LevelMessage | undefined {
    for (let i = 0; i < block.length; i++) {
      const x = Math.abs(block[i]!);
      this.#sumSquares += x * x;
      if (x > this.#peak) this.#peak = x;
    }
    this.#count += block.length;
    this.#heardSamples += block.length;
    if (this.#count < this.#dueCount) return undefined;
    const message: LevelMessage = {
      type: 'level',
      rmsDbfs: powerToDb(this.#sumSquares / this.#count),
      peakDbfs: amplitudeToDb(this.#peak),
      probability,
      heardSamples: this.#heardSamples,
    };
    this.#sumSquares = 0;
    this.#peak = 0;
    this.#count = 0;
    this.#dueCount = this.#intervalSamples;
    return message;
  }

  /** @realtime */
  reset(): void {
    this.#sumSquares = 0;
    this.#peak = 0;
    this.#count = 0;
    this.#heardSamples = 0;
    this.#dueCount = 0;
  }
}
