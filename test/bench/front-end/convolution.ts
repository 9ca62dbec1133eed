/** In-place radix-2 FFT of a length that is a power of two. */
function transform(real: Float64Array, imaginary: Float64Array, isInverse: boolean): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const angle = ((isInverse ? 1 : -1) * Math.PI * k) / half;
      const cosine = Math.cos(angle);
      const sine = Math.sin(angle);
      for (let a = k; a < size; a += 2 * half) {
        const b = a + half;
        const re = real[b]! * cosine - imaginary[b]! * sine;
        const im = real[b]! * sine + imaginary[b]! * cosine;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a]! += re;
        imaginary[a]! += im;
      }
    }
  }
}

/** Linear convolution of two signals, as long as both together less one sample. */
export function convolved(signal: Float32Array, response: Float32Array): Float32Array<ArrayBuffer> {
  const length = signal.length + response.length - 1;
  const size = 2 ** Math.ceil(Math.log2(length));
  // The signal is the real part and the response the imaginary one: their product is half the imaginary part of the square.
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  real.set(signal);
  imaginary.set(response);
  transform(real, imaginary, false);
  for (let i = 0; i < size; i++) {
    const re = real[i]!;
    const im = imaginary[i]!;
    real[i] = re * re - im * im;
    imaginary[i] = 2 * re * im;
  }
  transform(real, imaginary, true);
  return Float32Array.from({ length }, (_, i) => imaginary[i]! / (2 * size));
}
