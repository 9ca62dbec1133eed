/**
 * Complex FFT of 128 points for four signals at once: lane i of every register belongs to signal i, so no pass ever
 * shuffles. 128 = 4 * 4 * 4 * 2, decimation in frequency, Stockham's self-sorting order.
 */
import { FFT_TWIDDLES, SPECTRUM_A, SPECTRUM_B } from './memory-map';
import { V128 } from './network-shape';

/** {re, im}: one complex number of each signal. */
const COMPLEX: usize = 2 * V128;

/** Transforms SPECTRUM_A in place; SPECTRUM_B is scratch. */
export function transform(): void {
  radix4Pass(SPECTRUM_A, SPECTRUM_B, 32, 1);
  radix4Pass(SPECTRUM_B, SPECTRUM_A, 8, 4);
  radix4Pass(SPECTRUM_A, SPECTRUM_B, 2, 16);
  radix2Pass(SPECTRUM_B, SPECTRUM_A);
}

/** One pass over `groups` butterflies of `stride` interleaved sub-transforms each; groups * stride = 32. */
function radix4Pass(source: usize, target: usize, groups: usize, stride: usize): void {
  const quarter = COMPLEX * 32;
  const row = stride * COMPLEX;
  for (let group: usize = 0; group < groups; group++) {
    const twiddle = group * stride * 8;
    const w1r = v128.load32_splat(FFT_TWIDDLES + twiddle);
    const w1i = v128.load32_splat(FFT_TWIDDLES + twiddle, 4);
    const w2r = v128.load32_splat(FFT_TWIDDLES + 2 * twiddle);
    const w2i = v128.load32_splat(FFT_TWIDDLES + 2 * twiddle, 4);
    const w3r = v128.load32_splat(FFT_TWIDDLES + 3 * twiddle);
    const w3i = v128.load32_splat(FFT_TWIDDLES + 3 * twiddle, 4);
    let from = source + group * row;
    let to = target + 4 * group * row;
    for (let lane: usize = 0; lane < stride; lane++) {
      const ar = v128.load(from);
      const ai = v128.load(from, 16);
      const br = v128.load(from + quarter);
      const bi = v128.load(from + quarter, 16);
      const cr = v128.load(from + 2 * quarter);
      const ci = v128.load(from + 2 * quarter, 16);
      const dr = v128.load(from + 3 * quarter);
      const di = v128.load(from + 3 * quarter, 16);
      const acr = f32x4.add(ar, cr);
      const aci = f32x4.add(ai, ci);
      const bdr = f32x4.add(br, dr);
      const bdi = f32x4.add(bi, di);
      // a - c, and j (b - d)
      const mr = f32x4.sub(ar, cr);
      const mi = f32x4.sub(ai, ci);
      const jr = f32x4.sub(di, bi);
      const ji = f32x4.sub(br, dr);
      v128.store(to, f32x4.add(acr, bdr));
      v128.store(to, f32x4.add(aci, bdi), 16);
      storeProduct(to + row, w1r, w1i, f32x4.sub(mr, jr), f32x4.sub(mi, ji));
      storeProduct(to + 2 * row, w2r, w2i, f32x4.sub(acr, bdr), f32x4.sub(aci, bdi));
      storeProduct(to + 3 * row, w3r, w3i, f32x4.add(mr, jr), f32x4.add(mi, ji));
      from += COMPLEX;
      to += COMPLEX;
    }
  }
}

/** The last pass: no twiddles left. */
function radix2Pass(source: usize, target: usize): void {
  const half = COMPLEX * 64;
  for (let at: usize = 0; at < half; at += V128) {
    const a = v128.load(source + at);
    const b = v128.load(source + half + at);
    v128.store(target + at, f32x4.add(a, b));
    v128.store(target + half + at, f32x4.sub(a, b));
  }
}

function storeProduct(target: usize, wr: v128, wi: v128, re: v128, im: v128): void {
  v128.store(target, f32x4.sub(f32x4.mul(wr, re), f32x4.mul(wi, im)));
  v128.store(target, f32x4.add(f32x4.mul(wr, im), f32x4.mul(wi, re)), 16);
}
