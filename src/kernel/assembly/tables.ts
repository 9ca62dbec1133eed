import { FFT_TWIDDLES, SPLIT_TWIDDLES, WINDOW } from './memory-map';
import { F32, WINDOW_SAMPLES } from './network-shape';

const COS_STEP: f64 = 0.9996988186962042; // cos(2 pi / 256)
const SIN_STEP: f64 = 0.024541228522912288; // sin(2 pi / 256)

/**
 * Fills the window and the twiddle factors. The circle is walked by rotation in float64: 256 steps lose less than
 * 1e-13, far below float32, and the module needs no sine.
 */
export function fillTables(): void {
  let cosine: f64 = 1;
  let sine: f64 = 0;
  for (let n: usize = 0; n < WINDOW_SAMPLES; n++) {
    store<f32>(WINDOW + n * F32, <f32>((0.5 - 0.5 * cosine) * 0.5));
    if ((n & 1) == 0) storeTwiddle(FFT_TWIDDLES + n * F32, cosine, sine);
    if (n <= WINDOW_SAMPLES / 4) storeTwiddle(SPLIT_TWIDDLES + n * 2 * F32, cosine, sine);
    const nextCosine = cosine * COS_STEP - sine * SIN_STEP;
    sine = sine * COS_STEP + cosine * SIN_STEP;
    cosine = nextCosine;
  }
}

function storeTwiddle(address: usize, cosine: f64, sine: f64): void {
  store<f32>(address, <f32>cosine);
  store<f32>(address, <f32>-sine, F32);
}
