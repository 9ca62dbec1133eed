/** Quantises the weights and lays them out in the order in which the loops of the int8 kernel read them. */
import { bytesOf, headBytes } from './byte-views.mjs';
import { equalise, equaliseMoments, equaliserOf } from './equaliser.mjs';
import { toLayers } from './layers.mjs';
import { PAIR_SHAPES, pairOrder } from './pair-order.mjs';
import { quantiseLayer } from './quantise-layer.mjs';

/** @typedef {import('./layers.mjs').LayerName} LayerName */
/** @typedef {import('./silero-weights.mjs').SileroWeights} SileroWeights */

/**
 * @param {SileroWeights} weights
 * @param {Record<LayerName, Float64Array>} moments Of the layers' inputs, see layer-moments.mjs.
 * @returns {Map<string, Uint8Array>} Bytes by memory region.
 */
export function packInt8(weights, moments) {
  const layers = toLayers(weights);
  const equaliser = equaliserOf(layers.conv1);
  const conv1Moments = equaliseMoments(moments.conv1, layers.conv1.inputs, equaliser);
  const quantised = {
    conv1: quantiseLayer(equalise(layers.conv1, equaliser), conv1Moments, [layers.conv1.inputs]),
    conv2: quantiseLayer(layers.conv2, moments.conv2, [layers.conv2.inputs]),
    conv3: quantiseLayer(layers.conv3, moments.conv3, [layers.conv3.inputs]),
    conv4: quantiseLayer(layers.conv4, moments.conv4, [layers.conv4.inputs]),
    lstm: quantiseLayer(layers.lstm, moments.lstm, [128, 256]),
  };
  /** @type {Map<string, Uint8Array>} */
  const contents = new Map();
  for (const shape of PAIR_SHAPES) {
    const { integers, scales } = quantised[shape.layer];
    contents.set(shape.region, bytesOf(Int8Array.from(pairOrder(shape), (index) => integers[index] ?? 0)));
    const ownScales = scales[shape.firstInput === 0 ? 0 : 1];
    if (ownScales) contents.set(shape.scales, bytesOf(ownScales));
  }
  for (const layer of /** @type {LayerName[]} */ (Object.keys(quantised))) {
    contents.set(`${layer.toUpperCase()}_BIAS`, bytesOf(quantised[layer].bias));
  }
  contents.set('HEAD', headBytes(weights));
  contents.set('EQUALISER', bytesOf(Float32Array.from([...equaliser, 0, 0, 0])));
  return contents;
}
