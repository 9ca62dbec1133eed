/**
 * conv1 and conv2 in integers; the same loops as in float-convolution.ts, with a pair of inputs where that has one.
 */
import { relu } from './activation';
import { ENTRY, listActiveRows } from './active-inputs';
import {
  CONV1_BIAS,
  CONV1_SCALES,
  CONV1_WEIGHTS,
  CONV2_BIAS,
  CONV2_SCALES,
  CONV2_WEIGHTS,
  EQUALISER,
  INTEGERS,
} from './integer-memory';
import { ACTIVE, CONV1_OUTPUT, CONV2_OUTPUT, MAGNITUDE } from './memory-map';
import { BINS, CONV1_CHANNELS, F32, V128 } from './network-shape';
import { accumulatePairs, dequantise, quantiseSteps } from './quantise';
import { storeInterleaved, storeTransposed } from './transpose';

const BIN_PAIRS: usize = (BINS + 1) / 2;
const CHANNEL_PAIRS: usize = CONV1_CHANNELS / 2;

/** MAGNITUDE [129][4] to CONV1_OUTPUT [128][4], eight channels at a time: p the first four, q the others. */
export function convolve1(): void {
  equaliseMagnitudes();
  const step = f32x4.splat(quantiseSteps(MAGNITUDE, BIN_PAIRS));
  let w = CONV1_WEIGHTS;
  for (let block: usize = 0; block < CONV1_CHANNELS / 8; block++) {
    let p0 = i32x4.splat(0);
    let p1 = p0;
    let p2 = p0;
    let p3 = p0;
    let q0 = p0;
    let q1 = p0;
    let q2 = p0;
    let q3 = p0;
    for (let x = INTEGERS; x < INTEGERS + BIN_PAIRS * V128; x += V128) {
      const x0 = v128.load32_splat(x);
      const x1 = v128.load32_splat(x, 4);
      const x2 = v128.load32_splat(x, 8);
      const x3 = v128.load32_splat(x, 12);
      const p = v128.load8x8_s(w);
      p1 = accumulatePairs(p1, p, x0);
      p2 = accumulatePairs(p2, p, x1);
      p3 = accumulatePairs(p3, p, x2);
      const q = v128.load8x8_s(w, 8);
      q1 = accumulatePairs(q1, q, x0);
      q2 = accumulatePairs(q2, q, x1);
      q3 = accumulatePairs(q3, q, x2);
      const pCentre = v128.load8x8_s(w, 16);
      p0 = accumulatePairs(p0, pCentre, x0);
      p1 = accumulatePairs(p1, pCentre, x1);
      p2 = accumulatePairs(p2, pCentre, x2);
      p3 = accumulatePairs(p3, pCentre, x3);
      const qCentre = v128.load8x8_s(w, 24);
      q0 = accumulatePairs(q0, qCentre, x0);
      q1 = accumulatePairs(q1, qCentre, x1);
      q2 = accumulatePairs(q2, qCentre, x2);
      q3 = accumulatePairs(q3, qCentre, x3);
      const pAfter = v128.load8x8_s(w, 32);
      p0 = accumulatePairs(p0, pAfter, x1);
      p1 = accumulatePairs(p1, pAfter, x2);
      p2 = accumulatePairs(p2, pAfter, x3);
      const qAfter = v128.load8x8_s(w, 40);
      q0 = accumulatePairs(q0, qAfter, x1);
      q1 = accumulatePairs(q1, qAfter, x2);
      q2 = accumulatePairs(q2, qAfter, x3);
      w += 48;
    }
    const scales = CONV1_SCALES + block * 32;
    const output = CONV1_OUTPUT + block * 128;
    storeFourSteps(output, p0, p1, p2, p3, scales, step, CONV1_BIAS + block * 32);
    storeFourSteps(output + 64, q0, q1, q2, q3, scales + 16, step, CONV1_BIAS + block * 32 + 16);
  }
}

/** Scales each bin as its weights were scaled down. */
function equaliseMagnitudes(): void {
  for (let bin: usize = 0; bin < BINS; bin++) {
    const row = MAGNITUDE + bin * V128;
    v128.store(row, f32x4.mul(v128.load(row), v128.load32_splat(EQUALISER + bin * F32)));
  }
}

function storeFourSteps(
  target: usize,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  scales: usize,
  step: v128,
  biasAddress: usize,
): void {
  const bias = v128.load(biasAddress);
  storeTransposed(
    target,
    relu(dequantise(s0, scales, step, bias)),
    relu(dequantise(s1, scales, step, bias)),
    relu(dequantise(s2, scales, step, bias)),
    relu(dequantise(s3, scales, step, bias)),
  );
}

/** CONV1_OUTPUT [128][4] to CONV2_OUTPUT [64][2], sixteen channels at a time: a the first step, b the second. */
export function convolve2(): void {
  const step = f32x4.splat(quantiseSteps(CONV1_OUTPUT, CHANNEL_PAIRS));
  const activeEnd = listActiveRows(INTEGERS, CHANNEL_PAIRS, 96);
  for (let block: usize = 0; block < 4; block++) {
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    const blockWeights = CONV2_WEIGHTS + block * CHANNEL_PAIRS * 96;
    for (let entry = ACTIVE; entry < activeEnd; entry += ENTRY) {
      const x: usize = load<u32>(entry);
      const w = blockWeights + load<u32>(entry, 4);
      const x0 = v128.load32_splat(x);
      const x1 = v128.load32_splat(x, 4);
      const x2 = v128.load32_splat(x, 8);
      const x3 = v128.load32_splat(x, 12);
      b0 = accumulatePairs(b0, v128.load8x8_s(w), x1);
      b1 = accumulatePairs(b1, v128.load8x8_s(w, 8), x1);
      b2 = accumulatePairs(b2, v128.load8x8_s(w, 16), x1);
      b3 = accumulatePairs(b3, v128.load8x8_s(w, 24), x1);
      let weight = v128.load8x8_s(w, 32);
      a0 = accumulatePairs(a0, weight, x0);
      b0 = accumulatePairs(b0, weight, x2);
      weight = v128.load8x8_s(w, 40);
      a1 = accumulatePairs(a1, weight, x0);
      b1 = accumulatePairs(b1, weight, x2);
      weight = v128.load8x8_s(w, 48);
      a2 = accumulatePairs(a2, weight, x0);
      b2 = accumulatePairs(b2, weight, x2);
      weight = v128.load8x8_s(w, 56);
      a3 = accumulatePairs(a3, weight, x0);
      b3 = accumulatePairs(b3, weight, x2);
      weight = v128.load8x8_s(w, 64);
      a0 = accumulatePairs(a0, weight, x1);
      b0 = accumulatePairs(b0, weight, x3);
      weight = v128.load8x8_s(w, 72);
      a1 = accumulatePairs(a1, weight, x1);
      b1 = accumulatePairs(b1, weight, x3);
      weight = v128.load8x8_s(w, 80);
      a2 = accumulatePairs(a2, weight, x1);
      b2 = accumulatePairs(b2, weight, x3);
      weight = v128.load8x8_s(w, 88);
      a3 = accumulatePairs(a3, weight, x1);
      b3 = accumulatePairs(b3, weight, x3);
    }
    const output = CONV2_OUTPUT + block * 128;
    const scales = CONV2_SCALES + block * 64;
    const bias = CONV2_BIAS + block * 64;
    storeTwoSteps(output, a0, b0, scales, step, bias);
    storeTwoSteps(output + 32, a1, b1, scales + 16, step, bias + 16);
    storeTwoSteps(output + 64, a2, b2, scales + 32, step, bias + 32);
    storeTwoSteps(output + 96, a3, b3, scales + 48, step, bias + 48);
  }
}

function storeTwoSteps(target: usize, a: v128, b: v128, scales: usize, step: v128, biasAddress: usize): void {
  const bias = v128.load(biasAddress);
  storeInterleaved(target, relu(dequantise(a, scales, step, bias)), relu(dequantise(b, scales, step, bias)));
}
