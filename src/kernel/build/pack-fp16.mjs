/** Lays the weights out in the order in which the loops of the fp16 kernel read them. */
import { bytesOf, headBytes } from './byte-views.mjs';
import { toHalves } from './half-float.mjs';

/** @typedef {import('./silero-weights.mjs').SileroWeights} SileroWeights */
/** @typedef {Map<string, Uint8Array>} RegionContents Bytes by the name of the memory region they belong into. */

/**
 * @param {SileroWeights} weights
 * @returns {RegionContents}
 */
export function packFp16(weights) {
  const matrices = Float32Array.from([
    ...blocks(weights.conv1, { outputs: 128, inputs: 129, taps: 3, useTaps: [0, 1, 2], block: 8 }),
    ...blocks(weights.conv2, { outputs: 64, inputs: 128, taps: 3, useTaps: [0, 1, 2], block: 16 }),
    ...blocks(weights.conv3, { outputs: 64, inputs: 64, taps: 3, useTaps: [1, 2], block: 32 }),
    ...blocks(weights.conv4, { outputs: 128, inputs: 64, taps: 3, useTaps: [1], block: 32 }),
    ...blocks(joinRows(weights.inputGates, weights.hiddenGates, 128), {
      outputs: 512,
      inputs: 256,
      taps: 1,
      useTaps: [0],
      block: 32,
    }),
  ]);
  return new Map([
    ['HALF_WEIGHTS', bytesOf(toHalves(matrices))],
    ['CONV1_BIAS', bytesOf(weights.conv1Bias)],
    ['CONV2_BIAS', bytesOf(weights.conv2Bias)],
    ['CONV3_BIAS', bytesOf(weights.conv3Bias)],
    ['CONV4_BIAS', bytesOf(weights.conv4Bias)],
    ['LSTM_BIAS', bytesOf(weights.inputBias.map((bias, i) => bias + /** @type {number} */ (weights.hiddenBias[i])))],
    ['HEAD', headBytes(weights)],
  ]);
}

/**
 * Reorders [outputs][inputs][taps] into [outputs / block][inputs][useTaps][block].
 *
 * @param {Float32Array} source
 * @param {{ outputs: number, inputs: number, taps: number, useTaps: number[], block: number }} shape
 * @returns {number[]}
 */
function blocks(source, { outputs, inputs, taps, useTaps, block }) {
  const ordered = [];
  for (let first = 0; first < outputs; first += block) {
    for (let input = 0; input < inputs; input++) {
      for (const tap of useTaps) {
        for (let output = first; output < first + block; output++) {
          ordered.push(/** @type {number} */ (source[(output * inputs + input) * taps + tap]));
        }
      }
    }
  }
  return ordered;
}

/**
 * Puts the rows of two matrices of equal shape side by side.
 *
 * @param {Float32Array} left
 * @param {Float32Array} right
 * @param {number} columns Of each.
 * @returns {Float32Array}
 */
function joinRows(left, right, columns) {
  const joined = new Float32Array(left.length + right.length);
  for (let at = 0; at < left.length; at += columns) {
    joined.set(left.subarray(at, at + columns), 2 * at);
    joined.set(right.subarray(at, at + columns), 2 * at + columns);
  }
  return joined;
}
