/** Second-order section `(b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2)`. */
export interface BiquadCoefficients {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** State smaller than this is set to 0: decaying into subnormal numbers makes arithmetic many times slower. */
const SMALLEST_STATE = 1e-30;

/** One second-order filter section in 64-bit floats, transposed direct form II. */
export class Biquad {
  readonly #coefficients: Float64Array;
  readonly #state: Float64Array = new Float64Array(2);

  constructor({ b0, b1, b2, a1, a2 }: BiquadCoefficients) {
    this.#coefficients = Float64Array.of(b0, b1, b2, a1, a2);
  }

  /**
   * Filters the first `count` samples in place, going on where the last call ended.
   *
   * @realtime
   */
  processInPlace(samples: Float64Array, count: number): void {
    const b0 = this.#coefficients[0]!;
    const b1 = this.#coefficients[1]!;
    const b2 = this.#coefficients[2]!;
    const a1 = this.#coefficients[3]!;
    const a2 = this.#coefficients[4]!;
    let z1 = this.#state[0]!;
    let z2 = this.#state[1]!;
    for (let i = 0; i < count; i++) {
      const x = samples[i]!;
      const y = b0 * x + z1;
      z1 = b1 * x - a1 * y + z2;
      z2 = b2 * x - a2 * y;
      samples[i] = y;
    }
    this.#state[0] = Math.abs(z1) < SMALLEST_STATE ? 0 : z1;
    this.#state[1] = Math.abs(z2) < SMALLEST_STATE ? 0 : z2;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#state.fill(0);
  }
}
