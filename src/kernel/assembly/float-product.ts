import { ENTRY, listActiveWords } from './active-inputs';
import { ACTIVE } from './memory-map';

/** Bytes of the weights of one input in one block. */
const WEIGHTS: usize = 32 * 4;

/**
 * y = max(floor, bias + W x) for 32 outputs a block, lanes being outputs. Eight accumulators hide the latency of the
 * additions.
 *
 * @param x `inputs` float32 values, at most 256.
 * @param w [blocks][inputs][32]
 * @param bias, y [blocks][32]
 * @param floor 0 for ReLU, -Infinity for none.
 */
export function multiplyFloats(
  x: usize,
  inputs: usize,
  w: usize,
  bias: usize,
  y: usize,
  blocks: usize,
  floor: f32,
): void {
  const least = f32x4.splat(floor);
  const activeEnd = listActiveWords(x, inputs, WEIGHTS);
  for (let block: usize = 0; block < blocks; block++) {
    let a0 = v128.load(bias);
    let a1 = v128.load(bias, 16);
    let a2 = v128.load(bias, 32);
    let a3 = v128.load(bias, 48);
    let a4 = v128.load(bias, 64);
    let a5 = v128.load(bias, 80);
    let a6 = v128.load(bias, 96);
    let a7 = v128.load(bias, 112);
    for (let entry = ACTIVE; entry < activeEnd; entry += ENTRY) {
      const input = v128.load32_splat(load<u32>(entry));
      const weights = w + load<u32>(entry, 4);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(weights), input));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(weights, 16), input));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(weights, 32), input));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(weights, 48), input));
      a4 = f32x4.add(a4, f32x4.mul(v128.load(weights, 64), input));
      a5 = f32x4.add(a5, f32x4.mul(v128.load(weights, 80), input));
      a6 = f32x4.add(a6, f32x4.mul(v128.load(weights, 96), input));
      a7 = f32x4.add(a7, f32x4.mul(v128.load(weights, 112), input));
    }
    w += inputs * WEIGHTS;
    v128.store(y, f32x4.max(a0, least));
    v128.store(y, f32x4.max(a1, least), 16);
    v128.store(y, f32x4.max(a2, least), 32);
    v128.store(y, f32x4.max(a3, least), 48);
    v128.store(y, f32x4.max(a4, least), 64);
    v128.store(y, f32x4.max(a5, least), 80);
    v128.store(y, f32x4.max(a6, least), 96);
    v128.store(y, f32x4.max(a7, least), 112);
    bias += 128;
    y += 128;
  }
}
