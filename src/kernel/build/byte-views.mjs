/**
 * The bytes of a typed array, not copied.
 *
 * @param {ArrayBufferView} values
 * @returns {Uint8Array}
 */
export function bytesOf(values) {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * The kernel's output head: 128 weights, the bias, zeros up to a multiple of 16 bytes.
 *
 * @param {import('./silero-weights.mjs').SileroWeights} weights
 * @returns {Uint8Array}
 */
export function headBytes({ head, headBias }) {
  return bytesOf(Float32Array.from([...head, ...headBias, 0, 0, 0]));
}
