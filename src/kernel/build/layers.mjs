/**
 * The network's matrices as the int8 kernel multiplies them: one dense layer each, its inputs in one list, taps that only
 * meet padding left out.
 */

/** @typedef {import('./silero-weights.mjs').SileroWeights} SileroWeights */
/**
 * @typedef {object} Layer
 * @property {number} outputs
 * @property {number} inputs
 * @property {Float64Array} matrix [outputs][inputs]
 * @property {Float64Array} bias [outputs]
 */
/** @typedef {'conv1' | 'conv2' | 'conv3' | 'conv4' | 'lstm'} LayerName */

/**
 * @param {SileroWeights} weights
 * @returns {Record<LayerName, Layer>} Inputs in the order [channel][tap]; of the LSTM, the input and then the hidden state.
 */
export function toLayers(weights) {
  return {
    conv1: convolution(weights.conv1, weights.conv1Bias, 129, [0, 1, 2]),
    conv2: convolution(weights.conv2, weights.conv2Bias, 128, [0, 1, 2]),
    conv3: convolution(weights.conv3, weights.conv3Bias, 64, [1, 2]),
    conv4: convolution(weights.conv4, weights.conv4Bias, 64, [1]),
    lstm: recurrent(weights),
  };
}

/**
 * @param {Float32Array} source [outputs][channels][3 taps]
 * @param {Float32Array} bias
 * @param {number} channels
 * @param {readonly number[]} useTaps
 * @returns {Layer}
 */
function convolution(source, bias, channels, useTaps) {
  const outputs = bias.length;
  const inputs = channels * useTaps.length;
  const matrix = new Float64Array(outputs * inputs);
  for (let row = 0; row < outputs * channels; row++) {
    useTaps.forEach((tap, i) => {
      matrix[row * useTaps.length + i] = /** @type {number} */ (source[row * 3 + tap]);
    });
  }
  return { outputs, inputs, matrix, bias: Float64Array.from(bias) };
}

/**
 * @param {SileroWeights} weights
 * @returns {Layer}
 */
function recurrent({ inputGates, hiddenGates, inputBias, hiddenBias }) {
  const outputs = inputBias.length;
  const matrix = new Float64Array(outputs * 256);
  for (let gate = 0; gate < outputs; gate++) {
    matrix.set(inputGates.subarray(gate * 128, (gate + 1) * 128), gate * 256);
    matrix.set(hiddenGates.subarray(gate * 128, (gate + 1) * 128), gate * 256 + 128);
  }
  const bias = Float64Array.from(inputBias, (value, i) => value + /** @type {number} */ (hiddenBias[i]));
  return { outputs, inputs: 256, matrix, bias };
}
