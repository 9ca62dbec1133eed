import { type Hz, type Ms, msToSamples } from '../units.ts';

/** Digital silence from this length on is a gap in the delivery: a live microphone always carries some noise. */
const MIN_RUN_MS: Ms = 10;

/** Counts runs of exact zeros of 10 ms or more; a run across hops counts once. */
export class DropoutCounter {
  readonly #minRunSamples: number;
  #runSamples = 0;

  /** @throws RangeError for a rate that is not a positive number. */
  constructor(rateHz: Hz) {
    if (!(rateHz > 0 && Number.isFinite(rateHz))) {
      throw new RangeError(`DropoutCounter needs a rate above 0 Hz, got ${rateHz}`);
    }
    this.#minRunSamples = Math.max(1, msToSamples(MIN_RUN_MS, rateHz));
  }

  /**
   * Runs that reached 10 ms in this hop.
   *
   * @realtime
   * @param hop The next samples of the stream, any count; read only.
   */
  pushHop(hop: Float32Array): number {
    let count = 0;
    let run = this.#runSamples;
    const minRun = this.#minRunSamples;
    for (let i = 0; i < hop.length; i++) {
      run = hop[i] === 0 ? Math.min(run + 1, minRun + 1) : 0;
      if (run === minRun) count++;
    }
    this.#runSamples = run;
    return count;
  }

  /** Forgets the run that may be open. @realtime */
  reset(): void {
    this.#runSamples = 0;
  }
}
