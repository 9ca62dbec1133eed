/**
 * Rounds one layer's weights to 8 bits so that its outputs change least on the calibration signals: each weight is rounded
 * in turn, and the weights still unrounded make up for the error, as far as the inputs are correlated.
 *
 * Source: Frantar, Ashkboos, Hoefler, Alistarh, "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
 * Transformers", ICLR 2023, algorithm 1; here with the bias as a last input of constant 1 that stays unrounded.
 */
import { inverseUpperFactor } from './square-matrix.mjs';

/** @typedef {import('./layers.mjs').Layer} Layer */
/**
 * weight = scale of its group * integer.
 *
 * @typedef {object} QuantisedLayer
 * @property {Int8Array} integers [outputs][inputs], -127..127
 * @property {Float32Array[]} scales One list of [outputs] for each group of inputs.
 * @property {Float32Array} bias [outputs]
 */

const LARGEST_INTEGER = 127;
/** Added to the diagonal, as a share of its mean: keeps the factorisation stable. Tuned from 1e-4, 1e-3, 1e-2. */
const DAMPING = 1e-3;
const BIAS_DAMPING = 1e-9;

/**
 * @param {Layer} layer
 * @param {Float64Array} moments [inputs + 1][inputs + 1]: mean of x x^T over the calibration, x[inputs] = 1.
 * @param {number[]} groupEnds Ends of the runs of inputs that share a scale; the last one is `inputs`.
 * @returns {QuantisedLayer}
 */
export function quantiseLayer({ outputs, inputs, matrix, bias }, moments, groupEnds) {
  const size = inputs + 1;
  // Inputs with most energy first: the later ones have more left to make up with.
  const order = Array.from({ length: inputs }, (_, i) => i).sort((a, b) => diagonal(b) - diagonal(a));
  order.push(inputs);
  const damping = (DAMPING * order.reduce((sum, i) => sum + (i < inputs ? diagonal(i) : 0), 0)) / inputs;
  const ordered = new Float64Array(size * size);
  order.forEach((from, row) => {
    order.forEach((to, column) => {
      ordered[row * size + column] = /** @type {number} */ (moments[from * size + to]);
    });
    ordered[row * size + row] = diagonal(from) + (from === inputs ? BIAS_DAMPING : damping);
  });
  const factor = inverseUpperFactor(ordered, size);

  const integers = new Int8Array(outputs * inputs);
  const scales = groupEnds.map(() => new Float32Array(outputs));
  const newBias = new Float32Array(outputs);
  const groupOf = order.map((input) => groupEnds.findIndex((end) => input < end));
  const rest = new Float64Array(size);
  for (let output = 0; output < outputs; output++) {
    const row = matrix.subarray(output * inputs, (output + 1) * inputs);
    const rowScales = groupEnds.map((end, group) => rowScale(row.subarray(groupEnds[group - 1] ?? 0, end)));
    order.forEach((input, i) => {
      rest[i] = /** @type {number} */ (input < inputs ? row[input] : bias[output]);
    });
    for (let i = 0; i < inputs; i++) {
      const scale = /** @type {number} */ (rowScales[/** @type {number} */ (groupOf[i])]);
      const weight = /** @type {number} */ (rest[i]);
      const integer = Math.max(-LARGEST_INTEGER, Math.min(LARGEST_INTEGER, Math.round(weight / scale)));
      integers[output * inputs + /** @type {number} */ (order[i])] = integer;
      const error = (weight - integer * scale) / /** @type {number} */ (factor[i * size + i]);
      for (let k = i + 1; k < size; k++)
        rest[k] = /** @type {number} */ (rest[k]) - error * /** @type {number} */ (factor[i * size + k]);
    }
    newBias[output] = /** @type {number} */ (rest[inputs]);
    rowScales.forEach((scale, group) => {
      /** @type {Float32Array} */ (scales[group])[output] = scale;
    });
  }
  return { integers, scales, bias: newBias };

  /** @param {number} i */
  function diagonal(i) {
    return /** @type {number} */ (moments[i * size + i]);
  }
}

/**
 * @param {Float64Array} weights
 * @returns {number} A float32 that takes the largest weight to 127, never 0.
 */
function rowScale(weights) {
  const largest = weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
  return Math.fround(largest / LARGEST_INTEGER) || 1;
}
