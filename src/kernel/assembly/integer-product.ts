import { ENTRY, listActiveWords } from './active-inputs';
import { INTEGERS } from './integer-memory';
import { ACTIVE } from './memory-map';
import { accumulatePairs, dequantise, quantiseVector } from './quantise';

/** Bytes of the weights of one pair of inputs in one block. */
const WEIGHTS: usize = 32 * 2;

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
  const activeEnd = listActiveWords(INTEGERS, inputs / 2, WEIGHTS);
  for (let block: usize = 0; block < blocks; block++) {
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let a5 = a0;
    let a6 = a0;
    let a7 = a0;
    for (let entry = ACTIVE; entry < activeEnd; entry += ENTRY) {
      const pair = v128.load32_splat(load<u32>(entry));
      const weights = w + load<u32>(entry, 4);
      a0 = accumulatePairs(a0, v128.load8x8_s(weights), pair);
      a1 = accumulatePairs(a1, v128.load8x8_s(weights, 8), pair);
      a2 = accumulatePairs(a2, v128.load8x8_s(weights, 16), pair);
      a3 = accumulatePairs(a3, v128.load8x8_s(weights, 24), pair);
      a4 = accumulatePairs(a4, v128.load8x8_s(weights, 32), pair);
      a5 = accumulatePairs(a5, v128.load8x8_s(weights, 40), pair);
      a6 = accumulatePairs(a6, v128.load8x8_s(weights, 48), pair);
      a7 = accumulatePairs(a7, v128.load8x8_s(weights, 56), pair);
    }
    w += (inputs / 2) * WEIGHTS;
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
