/** Power spectrum of real blocks of one size, by a complex transform of half the size. */
export class RealFft {
  readonly size: number;
  readonly #half: number;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  /** cos and -sin of 2 pi k / size. */
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;
  readonly #reversed: Uint16Array;

  /**
   * @param size A power of two, 4..65,536.
   * @throws RangeError for another size.
   */
  constructor(size: number) {
    if (!(Number.isInteger(size) && size >= 4 && size <= 65_536 && (size & (size - 1)) === 0)) {
      throw new RangeError(`RealFft needs a power of two in 4..65536 as its size, got ${size}`);
    }
    this.size = size;
    this.#half = size / 2;
    this.#real = new Float64Array(this.#half);
    this.#imaginary = new Float64Array(this.#half);
    this.#cosine = new Float64Array(this.#half);
    this.#sine = new Float64Array(this.#half);
    this.#reversed = new Uint16Array(this.#half);
    for (let k = 0; k < this.#half; k++) {
      this.#cosine[k] = Math.cos((2 * Math.PI * k) / size);
      this.#sine[k] = -Math.sin((2 * Math.PI * k) / size);
    }
    for (let i = 1, mirrored = 0; i < this.#half; i++) {
      let bit = this.#half >> 1;
      for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
      mirrored ^= bit;
      this.#reversed[i] = mirrored;
    }
  }

  /**
   * Writes |X[k]|^2 for k = 0..size / 2, X[k] being the sum of x[n] e^(-2 pi i k n / size).
   *
   * @realtime
   * @param samples `size` values; read only.
   * @param power Takes `size / 2 + 1` values; owned by the caller.
   */
  powerSpectrum(samples: Float64Array, power: Float64Array): void {
    const half = this.#half;
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let i = 0; i < half; i++) {
      const at = this.#reversed[i]!;
      real[at] = samples[2 * i]!;
      imaginary[at] = samples[2 * i + 1]!;
    }
    this.#transform();
    // Even samples went in as real parts and odd ones as imaginary parts: take their spectra apart and join them.
    power[0] = (real[0]! + imaginary[0]!) ** 2;
    power[half] = (real[0]! - imaginary[0]!) ** 2;
    for (let k = 1; k < half; k++) {
      const evenReal = (real[k]! + real[half - k]!) / 2;
      const evenImaginary = (imaginary[k]! - imaginary[half - k]!) / 2;
      const oddReal = (imaginary[k]! + imaginary[half - k]!) / 2;
      const oddImaginary = (real[half - k]! - real[k]!) / 2;
      const c = this.#cosine[k]!;
      const s = this.#sine[k]!;
      const re = evenReal + c * oddReal - s * oddImaginary;
      const im = evenImaginary + c * oddImaginary + s * oddReal;
      power[k] = re * re + im * im;
    }
  }

  /** Radix-2 transform in place of the bit-reversed input. */
  #transform(): void {
    const half = this.#half;
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let width = 1; width < half; width *= 2) {
      const stride = half / width;
      for (let start = 0; start < half; start += 2 * width) {
        for (let k = 0; k < width; k++) {
          const c = this.#cosine[k * stride]!;
          const s = this.#sine[k * stride]!;
          const low = start + k;
          const high = low + width;
          const re = real[high]! * c - imaginary[high]! * s;
          const im = real[high]! * s + imaginary[high]! * c;
          real[high] = real[low]! - re;
          imaginary[high] = imaginary[low]! - im;
          real[low] = real[low]! + re;
          imaginary[low] = imaginary[low]! + im;
        }
      }
    }
  }
}
