import { INTEGERS } from './integer-memory';
import { accumulatePairs, dequantise, quantiseVector } from './quantise';

/**
 * y = max(floor, bias + W x) in integers, for 32 outputs a block; see multiplyFloats.
 *
 * @param x `inputs` float32 values, a multiple of 8.
 * @param w [blocks][inputs / 2][32][2] int8
 * @param scales, bias, y [blocks][32] float32; `bias` may be `y`, which then accumulates.
 * @param floor 0 for ReLU, -Infinity for none.
 */
export function multiplyIntegers(
  x: usize,
  inputs: usize,
  w: usize,
  scales: usize,
  bias: usize,
  y: usize,
  blocks: usize,
  floor: f32,
): void {
  const least = f32x4.splat(floor);
  const step = f32x4.splat(quantiseVector(x, inputs));
  for (let block: usize = 0; block < blocks; block++) {
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let a5 = a0;
    let a6 = a0;
    let a7 = a0;
    for (let at = INTEGERS; at < INTEGERS + inputs * 2; at += 8) {
      let pair = v128.load32_splat(at);
      a0 = accumulatePairs(a0, v128.load8x8_s(w), pair);
      a1 = accumulatePairs(a1, v128.load8x8_s(w, 8), pair);
      a2 = accumulatePairs(a2, v128.load8x8_s(w, 16), pair);
      a3 = accumulatePairs(a3, v128.load8x8_s(w, 24), pair);
      a4 = accumulatePairs(a4, v128.load8x8_s(w, 32), pair);
      a5 = accumulatePairs(a5, v128.load8x8_s(w, 40), pair);
      a6 = accumulatePairs(a6, v128.load8x8_s(w, 48), pair);
      a7 = accumulatePairs(a7, v128.load8x8_s(w, 56), pair);
      pair = v128.load32_splat(at, 4);
      a0 = accumulatePairs(a0, v128.load8x8_s(w, 64), pair);
      a1 = accumulatePairs(a1, v128.load8x8_s(w, 72), pair);
      a2 = accumulatePairs(a2, v128.load8x8_s(w, 80), pair);
      a3 = accumulatePairs(a3, v128.load8x8_s(w, 88), pair);
      a4 = accumulatePairs(a4, v128.load8x8_s(w, 96), pair);
      a5 = accumulatePairs(a5, v128.load8x8_s(w, 104), pair);
      a6 = accumulatePairs(a6, v128.load8x8_s(w, 112), pair);
      a7 = accumulatePairs(a7, v128.load8x8_s(w, 120), pair);
      w += 128;
    }
    v128.store(y, f32x4.max(dequantise(a0, scales, step, v128.load(bias)), least));
    v128.store(y, f32x4.max(dequantise(a1, scales + 16, step, v128.load(bias, 16)), least), 16);
    v128.store(y, f32x4.max(dequantise(a2, scales + 32, step, v128.load(bias, 32)), least), 32);
    v128.store(y, f32x4.max(dequantise(a3, scales + 48, step, v128.load(bias, 48)), least), 48);
    v128.store(y, f32x4.max(dequantise(a4, scales + 64, step, v128.load(bias, 64)), least), 64);
    v128.store(y, f32x4.max(dequantise(a5, scales + 80, step, v128.load(bias, 80)), least), 80);
    v128.store(y, f32x4.max(dequantise(a6, scales + 96, step, v128.load(bias, 96)), least), 96);
    v128.store(y, f32x4.max(dequantise(a7, scales + 112, step, v128.load(bias, 112)), least), 112);
    scales += 128;
    bias += 128;
    y += 128;
  }
}
