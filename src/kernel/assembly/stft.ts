/**
 * Magnitudes of the four STFT steps. The model stores its transform as a convolution with 258 filters of 256 taps;
 * they are exactly the periodic-Hann DFT (the build checks it), so an FFT replaces them and nothing is stored.
 */
import { transform } from './fft';
import { MAGNITUDE, SAMPLES, SPECTRUM_A, SPLIT_TWIDDLES, WINDOW } from './memory-map';
import {
  CONTEXT_SAMPLES,
  F32,
  FRAME_SAMPLES,
  HOP_SAMPLES,
  PADDING_SAMPLES,
  V128,
  WINDOW_SAMPLES,
} from './network-shape';
import { storeTransposed } from './transpose';

const HOP_BYTES: usize = HOP_SAMPLES * F32;
const HALF: usize = WINDOW_SAMPLES / 2;
const COMPLEX: usize = 2 * V128;

/** From SAMPLES (context and frame filled in) to MAGNITUDE. */
export function computeMagnitudes(): void {
  reflectEnd();
  windowIntoSpectrum();
  transform();
  separateRealSpectrum();
}

/** Mirrors the last 64 samples about the last one, which is not repeated. */
function reflectEnd(): void {
  const last = CONTEXT_SAMPLES + FRAME_SAMPLES - 1;
  for (let i: usize = 0; i < PADDING_SAMPLES; i += 4) {
    const mirrored = v128.load(SAMPLES + (last - 4 - i) * F32);
    v128.store(SAMPLES + (last + 1 + i) * F32, v128.shuffle<f32>(mirrored, mirrored, 3, 2, 1, 0));
  }
}

/**
 * Windows the four overlapping steps and lays them side by side, one step a lane. Even samples become real parts, odd
 * samples imaginary parts of a complex signal of half the length.
 */
function windowIntoSpectrum(): void {
  for (let at: usize = 0; at < WINDOW_SAMPLES * F32; at += V128) {
    const window = v128.load(WINDOW + at);
    const from = SAMPLES + at;
    storeTransposed(
      SPECTRUM_A + at * 4,
      f32x4.mul(v128.load(from), window),
      f32x4.mul(v128.load(from, HOP_BYTES), window),
      f32x4.mul(v128.load(from, 2 * HOP_BYTES), window),
      f32x4.mul(v128.load(from, 3 * HOP_BYTES), window),
    );
  }
}

/**
 * Turns the spectrum Z of the packed signal into that of the real one: X[k] = E[k] + w^k O[k] and
 * X[128 - k] = conj(E[k] - w^k O[k]), with E = (Z[k] + conj Z[128 - k]) / 2 and O = (Z[k] - conj Z[128 - k]) / 2j.
 * The halves are in the window already. Only magnitudes leave.
 */
function separateRealSpectrum(): void {
  for (let k: usize = 0; k <= HALF / 2; k++) {
    const low = SPECTRUM_A + k * COMPLEX;
    const high = SPECTRUM_A + ((HALF - k) & (HALF - 1)) * COMPLEX;
    const lowRe = v128.load(low);
    const lowIm = v128.load(low, 16);
    const highRe = v128.load(high);
    const highIm = v128.load(high, 16);
    const evenRe = f32x4.add(lowRe, highRe);
    const evenIm = f32x4.sub(lowIm, highIm);
    const oddRe = f32x4.add(lowIm, highIm);
    const oddIm = f32x4.sub(highRe, lowRe);
    const wr = v128.load32_splat(SPLIT_TWIDDLES + k * 8);
    const wi = v128.load32_splat(SPLIT_TWIDDLES + k * 8, 4);
    const turnedRe = f32x4.sub(f32x4.mul(wr, oddRe), f32x4.mul(wi, oddIm));
    const turnedIm = f32x4.add(f32x4.mul(wr, oddIm), f32x4.mul(wi, oddRe));
    v128.store(MAGNITUDE + k * V128, magnitude(f32x4.add(evenRe, turnedRe), f32x4.add(evenIm, turnedIm)));
    v128.store(MAGNITUDE + (HALF - k) * V128, magnitude(f32x4.sub(evenRe, turnedRe), f32x4.sub(evenIm, turnedIm)));
  }
}

function magnitude(re: v128, im: v128): v128 {
  return f32x4.sqrt(f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im)));
}
