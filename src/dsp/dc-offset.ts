/** Mean of a stream's samples. */
export class DcOffsetMeter {
  /** Sum, count, and the mean of the last hop. */
  readonly #totals: Float64Array = new Float64Array(3);

  /**
   * Mean of this hop, of full scale; 0 for an empty one.
   *
   * @realtime
   * @param hop The next samples of the stream, any count; read only.
   */
  pushHop(hop: Float32Array): number {
    return this.#measure(hop)[2]!;
  }

  /** Mean of everything since construction or reset, 0 for nothing. @realtime */
  mean(): number {
    return this.#totals[1]! === 0 ? 0 : this.#totals[0]! / this.#totals[1]!;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#totals.fill(0);
  }

  /** Apart from {@link DcOffsetMeter.pushHop}, which is so short that it is always inlined: its number stays off the heap. */
  #measure(hop: Float32Array): Float64Array {
    let sum = 0;
    for (let i = 0; i < hop.length; i++) sum += hop[i]!;
    this.#totals[0] = this.#totals[0]! + sum;
    this.#totals[1] = this.#totals[1]! + hop.length;
    this.#totals[2] = hop.length === 0 ? 0 : sum / hop.length;
    return this.#totals;
  }
}
