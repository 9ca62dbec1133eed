/** Modified Bessel function of the first kind, order 0, by its power series; accurate to rounding for |x| <= 30. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/**
 * Shape parameter of a Kaiser window for a stop-band attenuation above 50 dB.
 *
 * Source: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS 1974.
 */
export function kaiserBeta(attenuationDb: number): number {
  return 0.1102 * (attenuationDb - 8.7);
}

/**
 * Taps a Kaiser-windowed filter needs on each side of its centre.
 *
 * @param attenuationDb Stop-band attenuation.
 * @param transitionCycles Width between pass band and stop band, in cycles per sample of the signal the taps meet.
 * Source: Kaiser 1974, as above.
 */
export function kaiserHalfLength(attenuationDb: number, transitionCycles: number): number {
  return Math.ceil((attenuationDb - 7.95) / (2.285 * 2 * Math.PI * transitionCycles) / 2);
}

/** The impulse response of an ideal low-pass under a Kaiser window, at any real position. */
export class WindowedSinc {
  readonly #cutoffCycles: number;
  readonly #halfLength: number;
  readonly #beta: number;
  readonly #windowScale: number;

  /**
   * @param cutoffCycles Middle of the transition band, cycles per sample.
   * @param halfLength Samples on each side of the centre outside which the response is 0.
   * @param beta Shape of the window, see {@link kaiserBeta}.
   */
  constructor(cutoffCycles: number, halfLength: number, beta: number) {
    this.#cutoffCycles = cutoffCycles;
    this.#halfLength = halfLength;
    this.#beta = beta;
    this.#windowScale = 1 / besselI0(beta);
  }

  /** Value `position` samples away from the centre; unit gain at 0 Hz up to the pass-band ripple. */
  at(position: number): number {
    const inside = 1 - (position / this.#halfLength) ** 2;
    if (inside <= 0) return 0;
    const angle = 2 * Math.PI * this.#cutoffCycles * position;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    return 2 * this.#cutoffCycles * sinc * besselI0(this.#beta * Math.sqrt(inside)) * this.#windowScale;
  }
}
