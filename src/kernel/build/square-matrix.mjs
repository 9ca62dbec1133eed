/** Linear algebra on symmetric positive definite matrices, row-major in a Float64Array. */

/**
 * Lower Cholesky factor: A = L L^T.
 *
 * @param {Float64Array} a [n][n]
 * @param {number} n
 * @returns {Float64Array} [n][n], zero above the diagonal.
 * @throws {Error} When the matrix is not positive definite.
 */
export function choleskyFactor(a, n) {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(a, i * n + j);
      for (let k = 0; k < j; k++) sum -= at(factor, i * n + k) * at(factor, j * n + k);
      if (i !== j) factor[i * n + j] = sum / at(factor, j * n + j);
      else if (sum > 0) factor[i * n + i] = Math.sqrt(sum);
      else throw new Error(`quantisation: matrix of ${n} rows is not positive definite at row ${i}`);
    }
  }
  return factor;
}

/**
 * Upper factor of the inverse: A^-1 = U^T U.
 *
 * Reversing rows and columns turns the lower factor of the reversed matrix into the upper factor of A: A = V V^T with V
 * upper triangular, so U = V^-1 without a second factorisation.
 *
 * @param {Float64Array} a [n][n]
 * @param {number} n
 * @returns {Float64Array} [n][n], zero below the diagonal.
 */
export function inverseUpperFactor(a, n) {
  const reversed = choleskyFactor(a.slice().reverse(), n);
  const inverse = invertLower(reversed, n);
  return inverse.reverse();
}

/**
 * @param {Float64Array} lower
 * @param {number} n
 * @returns {Float64Array} Lower triangular, too.
 */
function invertLower(lower, n) {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const diagonal = at(lower, i * n + i);
    inverse[i * n + i] = 1 / diagonal;
    for (let k = 0; k < i; k++) {
      const factor = at(lower, i * n + k) / diagonal;
      for (let j = 0; j <= k; j++) inverse[i * n + j] = at(inverse, i * n + j) - factor * at(inverse, k * n + j);
    }
  }
  return inverse;
}

/**
 * @param {Float64Array} values
 * @param {number} index Within bounds.
 * @returns {number}
 */
function at(values, index) {
  return /** @type {number} */ (values[index]);
}
