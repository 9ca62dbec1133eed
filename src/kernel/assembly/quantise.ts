/**
 * Activations to int16. The largest of a layer becomes 32767, so quiet input keeps its resolution. With weights of at most
 * 127, the longest sum (conv1: 390 products) stays below 2^31: the integer arithmetic is exact.
 */
import { INTEGERS } from './integer-memory';

const LARGEST: f32 = 32767;

/** Largest of four lanes. */
function largestLane(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

function largestMagnitude(x: usize, bytes: usize): f32 {
  let largest = f32x4.splat(0);
  for (let at = x; at < x + bytes; at += 32) {
    largest = f32x4.max(largest, f32x4.max(f32x4.abs(v128.load(at)), f32x4.abs(v128.load(at, 16))));
  }
  return largestLane(largest);
}

function toIntegers(x: v128, factor: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, factor)));
}

/**
 * [2 * pairs][4 steps] float32, not negative, to [pairs][4 steps][2] int16 in INTEGERS.
 *
 * @returns Value of one integer step.
 */
export function quantiseSteps(x: usize, pairs: usize): f32 {
  const largest = largestMagnitude(x, pairs * 32);
  const factor = f32x4.splat(largest > 0 ? LARGEST / largest : 0);
  let to = INTEGERS;
  for (let at = x; at < x + pairs * 32; at += 32) {
    const first = toIntegers(v128.load(at), factor);
    const second = toIntegers(v128.load(at, 16), factor);
    v128.store(to, v128.or(first, i32x4.shl(second, 16)));
    to += 16;
  }
  return largest / LARGEST;
}

/**
 * `count` float32 to int16 in INTEGERS.
 *
 * @param count Multiple of 8.
 * @returns Value of one integer step.
 */
export function quantiseVector(x: usize, count: usize): f32 {
  const largest = largestMagnitude(x, count * 4);
  const factor = f32x4.splat(largest > 0 ? LARGEST / largest : 0);
  let to = INTEGERS;
  for (let at = x; at < x + count * 4; at += 32) {
    const low = toIntegers(v128.load(at), factor);
    const high = toIntegers(v128.load(at, 16), factor);
    v128.store(to, i16x8.narrow_i32x4_s(low, high));
    to += 16;
  }
  return largest / LARGEST;
}

/** bias + scale * step * sum: four outputs back in float32. */
export function dequantise(sum: v128, scales: usize, step: v128, bias: v128): v128 {
  return f32x4.add(bias, f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.mul(v128.load(scales), step)));
}

/** sum + the products of four pairs of weights with one pair of activations. */
export function accumulatePairs(sum: v128, weights: v128, pair: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(weights, pair));
}
