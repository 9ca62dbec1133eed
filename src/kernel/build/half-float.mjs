/**
 * Rounds to IEEE 754 binary16, to nearest, ties to even, subnormals included.
 *
 * @param {Float32Array} values Finite, below 65520 in magnitude.
 * @returns {Uint16Array}
 * @throws {RangeError} When a value does not fit.
 */
export function toHalves(values) {
  return Uint16Array.from(values, toHalf);
}

/**
 * @param {number} value
 * @returns {number} The 16 bits.
 */
function toHalf(value) {
  const magnitude = Math.abs(value);
  if (!(magnitude < 65520)) throw new RangeError(`half float: ${value} does not fit into binary16`);
  // The spacing of binary16 around the value: 10 bits below its power of two, never finer than 2^-24.
  const exponent = Math.max(Math.floor(Math.log2(magnitude || Number.MIN_VALUE)), -14);
  const steps = roundToEven(magnitude * 2 ** (10 - exponent));
  // A carry out of the mantissa runs into the exponent, as it should; subnormals have no implicit bit.
  const bits = steps < 1024 ? steps : ((exponent + 14) << 10) + steps;
  return (value < 0 || Object.is(value, -0) ? 0x8000 : 0) | bits;
}

/**
 * @param {number} x Not negative.
 * @returns {number}
 */
function roundToEven(x) {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
