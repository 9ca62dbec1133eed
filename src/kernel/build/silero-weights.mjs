/** The weights of Silero VAD's 16 kHz network, taken out of its ONNX file and checked against what the kernel assumes. */
import { readOnnx } from './onnx-reader.mjs';

/** @typedef {import('./onnx-reader.mjs').Graph} Graph */
/**
 * Row-major, as in the ONNX file: convolutions [out][in][tap], LSTM [gate][in] with the gates in the order
 * input, forget, candidate, output.
 *
 * @typedef {Record<keyof typeof TENSORS, Float32Array>} SileroWeights
 */

/** Name in the file (as a suffix) and expected shape. */
const TENSORS = /** @type {const} */ ({
  basis: { suffix: 'stft.forward_basis_buffer', dims: [258, 1, 256] },
  conv1: { suffix: 'encoder.0.reparam_conv.weight', dims: [128, 129, 3] },
  conv1Bias: { suffix: 'encoder.0.reparam_conv.bias', dims: [128] },
  conv2: { suffix: 'encoder.1.reparam_conv.weight', dims: [64, 128, 3] },
  conv2Bias: { suffix: 'encoder.1.reparam_conv.bias', dims: [64] },
  conv3: { suffix: 'encoder.2.reparam_conv.weight', dims: [64, 64, 3] },
  conv3Bias: { suffix: 'encoder.2.reparam_conv.bias', dims: [64] },
  conv4: { suffix: 'encoder.3.reparam_conv.weight', dims: [128, 64, 3] },
  conv4Bias: { suffix: 'encoder.3.reparam_conv.bias', dims: [128] },
  inputGates: { suffix: 'decoder.rnn.weight_ih', dims: [512, 128] },
  hiddenGates: { suffix: 'decoder.rnn.weight_hh', dims: [512, 128] },
  inputBias: { suffix: 'decoder.rnn.bias_ih', dims: [512] },
  hiddenBias: { suffix: 'decoder.rnn.bias_hh', dims: [512] },
  head: { suffix: 'decoder.decoder.2.weight', dims: [1, 128, 1] },
  headBias: { suffix: 'decoder.decoder.2.bias', dims: [1] },
});

const RATE_HZ = 16000;
const WINDOW_SAMPLES = 256;
/** The file's basis is float32; its largest difference from the formula is 1.8e-7. */
const BASIS_TOLERANCE = 1e-6;

/**
 * Reads the weights of the 16 kHz branch.
 *
 * @param {Uint8Array} model The ONNX file.
 * @returns {SileroWeights}
 * @throws {Error} When the file is another network than the kernel computes.
 */
export function readSileroWeights(model) {
  const branch = find16kBranch(readOnnx(model));
  const names = [...branch.tensors.keys()];
  const weights = /** @type {SileroWeights} */ ({});
  for (const key of /** @type {(keyof typeof TENSORS)[]} */ (Object.keys(TENSORS))) {
    const { suffix } = TENSORS[key];
    /** @type {readonly number[]} */
    const dims = TENSORS[key].dims;
    const name = names.find((candidate) => candidate.endsWith(suffix));
    const tensor = name === undefined ? undefined : branch.tensors.get(name);
    if (!tensor) throw new Error(`Silero weights: no tensor ${suffix} in the 16 kHz branch`);
    if (tensor.dims.join() !== dims.join()) {
      throw new Error(`Silero weights: ${suffix} is [${tensor.dims}], the kernel computes [${dims}]`);
    }
    const count = dims.reduce((product, dim) => product * dim, 1);
    if (tensor.values.length !== count || !tensor.values.every(Number.isFinite)) {
      throw new Error(`Silero weights: ${suffix} does not hold ${count} finite numbers`);
    }
    weights[key] = tensor.values;
  }
  checkBasis(weights.basis);
  return weights;
}

/**
 * The file asks `sr == 16000` and takes one of two branches.
 *
 * @param {Graph} graph
 * @returns {Graph}
 */
function find16kBranch(graph) {
  for (const node of graph.nodes) {
    if (node.operator !== 'If') continue;
    const test = graph.nodes.find((other) => other.operator === 'Equal' && other.outputs[0] === node.inputs[0]);
    const compares16k = test?.inputs.includes('sr') && test.inputs.some((name) => graph.integers.get(name) === RATE_HZ);
    const branch = node.graphs.get('then_branch');
    if (compares16k && branch) return branch;
  }
  throw new Error('Silero weights: the model does not branch on sr == 16000; expected silero_vad_v6.onnx');
}

/**
 * The kernel stores no STFT basis but computes an FFT; that is right only as long as the basis is the periodic-Hann DFT.
 *
 * @param {Float32Array} basis [258][256]: 129 real rows, then 129 imaginary ones.
 */
function checkBasis(basis) {
  const bins = WINDOW_SAMPLES / 2 + 1;
  for (let k = 0; k < bins; k++) {
    for (let n = 0; n < WINDOW_SAMPLES; n++) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW_SAMPLES);
      const angle = (2 * Math.PI * ((k * n) % WINDOW_SAMPLES)) / WINDOW_SAMPLES;
      const re = /** @type {number} */ (basis[k * WINDOW_SAMPLES + n]);
      const im = /** @type {number} */ (basis[(bins + k) * WINDOW_SAMPLES + n]);
      const error = Math.max(Math.abs(re - hann * Math.cos(angle)), Math.abs(im + hann * Math.sin(angle)));
      if (error > BASIS_TOLERANCE) {
        throw new Error(
          `Silero weights: the STFT basis is no periodic-Hann DFT (bin ${k}, sample ${n}: off by ${error})`,
        );
      }
    }
  }
}
