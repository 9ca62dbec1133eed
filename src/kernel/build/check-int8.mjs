import { equalise, equaliserOf } from './equaliser.mjs';
import { toLayers } from './layers.mjs';
import { PAIR_SHAPES, pairOrder } from './pair-order.mjs';

/** @typedef {import('./silero-weights.mjs').SileroWeights} SileroWeights */

/**
 * In quantisation steps. Rounding to nearest would give 0.25 and 0.5; rounding with error feedback gives 0.31..0.38 and
 * up to 5.2. Weights of another model, or in another order, are off by tens on average.
 */
const MEAN_LIMIT_STEPS = 0.5;
const LARGEST_LIMIT_STEPS = 8;

/**
 * Makes sure that quantised weights are those of the model, rounded.
 *
 * @param {ReadonlyMap<string, Uint8Array<ArrayBuffer>>} contents By memory region.
 * @param {SileroWeights} weights
 * @throws {Error} Naming the region that is off, missing or of another size.
 */
export function checkInt8(contents, weights) {
  for (const { region, largestSteps, meanSteps } of compareInt8(contents, weights)) {
    if (meanSteps <= MEAN_LIMIT_STEPS && largestSteps <= LARGEST_LIMIT_STEPS) continue;
    const off = `${meanSteps.toFixed(2)} steps on average, ${largestSteps.toFixed(2)} at most`;
    throw new Error(
      `kernel: int8 weights: ${region} is off the model by ${off}; run node src/kernel/build/quantise.mjs`,
    );
  }
}

/**
 * Compares quantised weights with the model they claim to be.
 *
 * @param {ReadonlyMap<string, Uint8Array<ArrayBuffer>>} contents By memory region.
 * @param {SileroWeights} weights
 * @returns {{ region: string, largestSteps: number, meanSteps: number }[]} How far each region is off, in steps of its
 *   own scales.
 * @throws {Error} When a region is missing or has another size.
 */
function compareInt8(contents, weights) {
  const layers = toLayers(weights);
  const matrices = { ...layers, conv1: equalise(layers.conv1, equaliserOf(layers.conv1)) };
  return PAIR_SHAPES.map((shape) => {
    const order = pairOrder(shape);
    const integers = new Int8Array(bytesOfRegion(contents, shape.region, order.length));
    const scales = new Float32Array(bytesOfRegion(contents, shape.scales, shape.outputs * 4));
    let largestSteps = 0;
    let sum = 0;
    order.forEach((index, i) => {
      const exact = index < 0 ? 0 : /** @type {number} */ (matrices[shape.layer].matrix[index]);
      const scale = /** @type {number} */ (scales[Math.max(0, Math.floor(index / shape.columns))]);
      const steps = Math.abs(/** @type {number} */ (integers[i]) - exact / scale);
      largestSteps = Math.max(largestSteps, steps);
      sum += steps;
    });
    return { region: shape.region, largestSteps, meanSteps: sum / order.length };
  });
}

/**
 * @param {ReadonlyMap<string, Uint8Array<ArrayBuffer>>} contents
 * @param {string} region
 * @param {number} length
 * @returns {ArrayBuffer}
 */
function bytesOfRegion(contents, region, length) {
  const bytes = contents.get(region);
  if (bytes?.length !== length) {
    throw new Error(`kernel: int8 weights: ${region} has ${bytes?.length ?? 'no'} bytes instead of ${length}`);
  }
  return bytes.slice().buffer;
}
