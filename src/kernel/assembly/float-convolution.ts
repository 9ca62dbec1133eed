/**
 * The two convolutions that see more than one step. Lanes are output channels: a weight register holds four channels
 * of one input and one tap, and every magnitude is splat over them. The accumulators of a block of channels stay in
 * registers while the inputs stream by, and the weights lie in the order in which the loops read them.
 */
import { relu } from './activation';
import { ENTRY, listActiveRows } from './active-inputs';
import { CONV1_BIAS, CONV1_WEIGHTS, CONV2_BIAS, CONV2_WEIGHTS } from './float-memory';
import { ACTIVE, CONV1_OUTPUT, CONV2_OUTPUT, MAGNITUDE } from './memory-map';
import { BINS, CONV1_CHANNELS, V128 } from './network-shape';
import { storeInterleaved, storeTransposed } from './transpose';

/** sum + weight * input, rounded twice: WebAssembly SIMD has no fused form that gives the same bits everywhere. */
function accumulate(sum: v128, weight: v128, input: v128): v128 {
  return f32x4.add(sum, f32x4.mul(weight, input));
}

/** MAGNITUDE [129][4] to CONV1_OUTPUT [128][4], eight channels at a time: p the first four, q the others. */
export function convolve1(): void {
  let w = CONV1_WEIGHTS;
  for (let block: usize = 0; block < CONV1_CHANNELS / 8; block++) {
    let p0 = v128.load(CONV1_BIAS + block * 32);
    let p1 = p0;
    let p2 = p0;
    let p3 = p0;
    let q0 = v128.load(CONV1_BIAS + block * 32, 16);
    let q1 = q0;
    let q2 = q0;
    let q3 = q0;
    for (let x = MAGNITUDE; x < MAGNITUDE + BINS * V128; x += V128) {
      const x0 = v128.load32_splat(x);
      const x1 = v128.load32_splat(x, 4);
      const x2 = v128.load32_splat(x, 8);
      const x3 = v128.load32_splat(x, 12);
      // Tap 0 meets the step before: the first output step has padding there.
      const p = v128.load(w);
      p1 = accumulate(p1, p, x0);
      p2 = accumulate(p2, p, x1);
      p3 = accumulate(p3, p, x2);
      const q = v128.load(w, 16);
      q1 = accumulate(q1, q, x0);
      q2 = accumulate(q2, q, x1);
      q3 = accumulate(q3, q, x2);
      const pCentre = v128.load(w, 32);
      p0 = accumulate(p0, pCentre, x0);
      p1 = accumulate(p1, pCentre, x1);
      p2 = accumulate(p2, pCentre, x2);
      p3 = accumulate(p3, pCentre, x3);
      const qCentre = v128.load(w, 48);
      q0 = accumulate(q0, qCentre, x0);
      q1 = accumulate(q1, qCentre, x1);
      q2 = accumulate(q2, qCentre, x2);
      q3 = accumulate(q3, qCentre, x3);
      // Tap 2 meets the step after: padding for the last one.
      const pAfter = v128.load(w, 64);
      p0 = accumulate(p0, pAfter, x1);
      p1 = accumulate(p1, pAfter, x2);
      p2 = accumulate(p2, pAfter, x3);
      const qAfter = v128.load(w, 80);
      q0 = accumulate(q0, qAfter, x1);
      q1 = accumulate(q1, qAfter, x2);
      q2 = accumulate(q2, qAfter, x3);
      w += 96;
    }
    const output = CONV1_OUTPUT + block * 128;
    storeTransposed(output, relu(p0), relu(p1), relu(p2), relu(p3));
    storeTransposed(output + 64, relu(q0), relu(q1), relu(q2), relu(q3));
  }
}

/**
 * CONV1_OUTPUT [128][4] to CONV2_OUTPUT [64][2], sixteen channels at a time. Stride 2: output step 0 (a) is centred on
 * input step 0 and has padding before it; output step 1 (b) sees input steps 1, 2 and 3.
 */
export function convolve2(): void {
  const activeEnd = listActiveRows(CONV1_OUTPUT, CONV1_CHANNELS, 192);
  for (let block: usize = 0; block < 4; block++) {
    const bias = CONV2_BIAS + block * 64;
    let a0 = v128.load(bias);
    let a1 = v128.load(bias, 16);
    let a2 = v128.load(bias, 32);
    let a3 = v128.load(bias, 48);
    let b0 = a0;
    let b1 = a1;
    let b2 = a2;
    let b3 = a3;
    const blockWeights = CONV2_WEIGHTS + block * CONV1_CHANNELS * 192;
    for (let entry = ACTIVE; entry < activeEnd; entry += ENTRY) {
      const x: usize = load<u32>(entry);
      const w = blockWeights + load<u32>(entry, 4);
      const x0 = v128.load32_splat(x);
      const x1 = v128.load32_splat(x, 4);
      const x2 = v128.load32_splat(x, 8);
      const x3 = v128.load32_splat(x, 12);
      b0 = accumulate(b0, v128.load(w), x1);
      b1 = accumulate(b1, v128.load(w, 16), x1);
      b2 = accumulate(b2, v128.load(w, 32), x1);
      b3 = accumulate(b3, v128.load(w, 48), x1);
      let weight = v128.load(w, 64);
      a0 = accumulate(a0, weight, x0);
      b0 = accumulate(b0, weight, x2);
      weight = v128.load(w, 80);
      a1 = accumulate(a1, weight, x0);
      b1 = accumulate(b1, weight, x2);
      weight = v128.load(w, 96);
      a2 = accumulate(a2, weight, x0);
      b2 = accumulate(b2, weight, x2);
      weight = v128.load(w, 112);
      a3 = accumulate(a3, weight, x0);
      b3 = accumulate(b3, weight, x2);
      weight = v128.load(w, 128);
      a0 = accumulate(a0, weight, x1);
      b0 = accumulate(b0, weight, x3);
      weight = v128.load(w, 144);
      a1 = accumulate(a1, weight, x1);
      b1 = accumulate(b1, weight, x3);
      weight = v128.load(w, 160);
      a2 = accumulate(a2, weight, x1);
      b2 = accumulate(b2, weight, x3);
      weight = v128.load(w, 176);
      a3 = accumulate(a3, weight, x1);
      b3 = accumulate(b3, weight, x3);
    }
    const output = CONV2_OUTPUT + block * 128;
    storeInterleaved(output, relu(a0), relu(b0));
    storeInterleaved(output + 32, relu(a1), relu(b1));
    storeInterleaved(output + 64, relu(a2), relu(b2));
    storeInterleaved(output + 96, relu(a3), relu(b3));
  }
}
