/** @typedef {import('./layers.mjs').Layer} Layer */

const BINS = 129;
const TAPS = 3;

/**
 * Factor of each bin: conv1's weights are divided by it, its magnitudes multiplied. The bins differ in the size of their
 * weights by far more than one scale for a row can serve. Largest weight ^ 0.75, the best of 0.5, 0.75 and 1.
 *
 * @param {Layer} conv1
 * @returns {Float32Array} [129]
 */
export function equaliserOf({ outputs, inputs, matrix }) {
  return Float32Array.from({ length: BINS }, (_, bin) => {
    let largest = 0;
    for (let output = 0; output < outputs; output++) {
      for (let tap = 0; tap < TAPS; tap++) {
        largest = Math.max(largest, Math.abs(/** @type {number} */ (matrix[output * inputs + bin * TAPS + tap])));
      }
    }
    return Math.sqrt(largest * Math.sqrt(largest));
  });
}

/**
 * @param {Layer} conv1
 * @param {Float32Array} equaliser
 * @returns {Layer} With its weights divided.
 */
export function equalise(conv1, equaliser) {
  return { ...conv1, matrix: conv1.matrix.map((weight, i) => weight / factorOf(equaliser, i % conv1.inputs)) };
}

/**
 * @param {Float64Array} moments [inputs + 1][inputs + 1] of conv1's inputs.
 * @param {number} inputs
 * @param {Float32Array} equaliser
 * @returns {Float64Array} Of the multiplied inputs.
 */
export function equaliseMoments(moments, inputs, equaliser) {
  const size = inputs + 1;
  const factor = (/** @type {number} */ i) => (i < inputs ? factorOf(equaliser, i) : 1);
  return moments.map((value, i) => value * factor(Math.floor(i / size)) * factor(i % size));
}

/**
 * @param {Float32Array} equaliser
 * @param {number} input Column of conv1: [bin][tap].
 * @returns {number}
 */
function factorOf(equaliser, input) {
  return /** @type {number} */ (equaliser[Math.floor(input / TAPS)]);
}
