/** Magnitude from which a sample counts as clipped, of full scale. */
const CLIPPED_MAGNITUDE = 0.999;
/** Clipped samples in a row that make a run: a single sample at full scale can be honest. */
const MIN_RUN_SAMPLES = 3;

/** Counts runs of three or more samples at full scale (0.999 and above); a run across hops counts once. */
export class ClippingCounter {
  #runSamples = 0;

  /**
   * Runs that became one, with their third sample, in this hop.
   *
   * @realtime
   * @param hop The next samples of the stream, full scale 1, any count; read only.
   */
  pushHop(hop: Float32Array): number {
    let count = 0;
    let run = this.#runSamples;
    for (let i = 0; i < hop.length; i++) {
      // Beyond the threshold the length of the run no longer matters.
      run = Math.abs(hop[i]!) >= CLIPPED_MAGNITUDE ? Math.min(run + 1, MIN_RUN_SAMPLES + 1) : 0;
      if (run === MIN_RUN_SAMPLES) count++;
    }
    this.#runSamples = run;
    return count;
  }

  /** Forgets the run that may be open. @realtime */
  reset(): void {
    this.#runSamples = 0;
  }
}
