/**
 * Where the int8 kernel's loops find each weight: [outputs / block][inputs / 2][taps][block][2].
 *
 * @typedef {object} PairShape
 * @property {import('./layers.mjs').LayerName} layer
 * @property {string} region Memory region of the weights.
 * @property {string} scales Memory region of the outputs' scales.
 * @property {number} outputs
 * @property {number} columns Inputs times taps of the whole layer.
 * @property {number} taps
 * @property {number} block Outputs in one block.
 * @property {number} firstInput
 * @property {number} inputs From `firstInput`; an odd number is filled up with a zero.
 */

/** @type {readonly PairShape[]} conv3's two taps make the pairs there. */
export const PAIR_SHAPES = [
  shape('conv1', 'CONV1', 128, 387, 3, 8, 0, 129),
  shape('conv2', 'CONV2', 64, 384, 3, 16, 0, 128),
  shape('conv3', 'CONV3', 64, 128, 1, 32, 0, 128),
  shape('conv4', 'CONV4', 128, 64, 1, 32, 0, 64),
  shape('lstm', 'INPUT', 512, 256, 1, 32, 0, 128),
  shape('lstm', 'HIDDEN', 512, 256, 1, 32, 128, 128),
];

/**
 * @param {PairShape} shape
 * @returns {number[]} For each stored weight its index in the layer's matrix, or -1 for filling.
 */
export function pairOrder({ outputs, columns, taps, block, firstInput, inputs }) {
  const order = [];
  for (let first = 0; first < outputs; first += block) {
    for (let input = 0; input < inputs; input += 2) {
      for (let tap = 0; tap < taps; tap++) {
        for (let output = first; output < first + block; output++) {
          const index = output * columns + (firstInput + input) * taps + tap;
          order.push(index, input + 1 < inputs ? index + taps : -1);
        }
      }
    }
  }
  return order;
}

/**
 * @param {import('./layers.mjs').LayerName} layer
 * @param {string} prefix
 * @param {number} outputs
 * @param {number} columns
 * @param {number} taps
 * @param {number} block
 * @param {number} firstInput
 * @param {number} inputs
 * @returns {PairShape}
 */
function shape(layer, prefix, outputs, columns, taps, block, firstInput, inputs) {
  return {
    layer,
    region: `${prefix}_WEIGHTS`,
    scales: `${prefix}_SCALES`,
    outputs,
    columns,
    taps,
    block,
    firstInput,
    inputs,
  };
}
