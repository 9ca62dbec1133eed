/** Statistics of what each layer sees, gathered by running the fp16 kernel and reading its working memory. */

/** @typedef {import('./layers.mjs').LayerName} LayerName */
/** @typedef {import('./memory-regions.mjs').Region} Region */

const FRAME_SAMPLES = 512;
/** How many inputs each layer has, as in layers.mjs. */
const INPUTS = { conv1: 129 * 3, conv2: 128 * 3, conv3: 128, conv4: 64, lstm: 256 };

/**
 * Second moments of each layer's inputs, with a constant 1 as the last one.
 *
 * @param {WebAssembly.Module} module The fp16 kernel.
 * @param {readonly Region[]} regions Its memory map.
 * @param {Iterable<Float32Array>} signals 16 kHz; the stream starts anew with each.
 * @returns {Record<LayerName, Float64Array>} [inputs + 1][inputs + 1], symmetric.
 */
export function gatherMoments(module, regions, signals) {
  const kernel = /** @type {Kernel} */ (/** @type {unknown} */ (new WebAssembly.Instance(module).exports));
  kernel.init();
  const frame = new Float32Array(kernel.memory.buffer, kernel.frameOffset.value, FRAME_SAMPLES);
  const view = (/** @type {string} */ name) => {
    const region = regions.find((candidate) => candidate.name === name);
    if (!region) throw new Error(`quantisation: the memory map has no region ${name}`);
    return new Float32Array(kernel.memory.buffer, region.offset, region.bytes / 4);
  };
  const magnitude = view('MAGNITUDE');
  const conv1Output = view('CONV1_OUTPUT');
  const conv2Output = view('CONV2_OUTPUT');
  const conv3Output = view('CONV3_OUTPUT');
  const lstmInput = view('LSTM_INPUT');
  const hidden = view('HIDDEN');

  const conv1 = new Moments(INPUTS.conv1);
  const conv2 = new Moments(INPUTS.conv2);
  const conv3 = new Moments(INPUTS.conv3);
  const conv4 = new Moments(INPUTS.conv4);
  const lstm = new Moments(INPUTS.lstm);
  for (const signal of signals) {
    kernel.reset();
    for (let at = 0; at + FRAME_SAMPLES <= signal.length; at += FRAME_SAMPLES) {
      frame.set(signal.subarray(at, at + FRAME_SAMPLES));
      lstm.input.set(hidden, 128);
      kernel.score();
      for (const centre of [0, 1, 2, 3]) {
        gatherTaps(magnitude, 129, centre, conv1.input);
        conv1.add();
      }
      for (const centre of [0, 2]) {
        gatherTaps(conv1Output, 128, centre, conv2.input);
        conv2.add();
      }
      conv3.input.set(conv2Output);
      conv3.add();
      conv4.input.set(conv3Output);
      conv4.add();
      lstm.input.set(lstmInput);
      lstm.add();
    }
  }
  return {
    conv1: conv1.mean(),
    conv2: conv2.mean(),
    conv3: conv3.mean(),
    conv4: conv4.mean(),
    lstm: lstm.mean(),
  };
}

/**
 * @typedef {object} Kernel
 * @property {WebAssembly.Memory} memory
 * @property {WebAssembly.Global<'i32'>} frameOffset
 * @property {() => void} init
 * @property {() => number} score
 * @property {() => void} reset
 */

/**
 * The three steps about `centre` of [channels][4 steps], zero outside, as [channels][3].
 *
 * @param {Float32Array} source
 * @param {number} channels
 * @param {number} centre
 * @param {Float64Array} target
 */
function gatherTaps(source, channels, centre, target) {
  for (let channel = 0; channel < channels; channel++) {
    for (let tap = 0; tap < 3; tap++) {
      const step = centre + tap - 1;
      target[channel * 3 + tap] = step < 0 || step > 3 ? 0 : /** @type {number} */ (source[channel * 4 + step]);
    }
  }
}

/** How many vectors are added to the sums at once: each pass over the sums costs more than the products. */
const BATCH = 4;

/**
 * Running mean of x x^T, weighted by 1 / |x|: unweighted, the loudest frames would decide alone.
 */
class Moments {
  #batch;
  #filled = 0;
  #sums;
  #weight = 0;

  /** @param {number} inputs */
  constructor(inputs) {
    /** The vector that `add` takes in; the last element is the constant 1. */
    this.input = new Float64Array(inputs + 1);
    this.input[inputs] = 1;
    this.#batch = Array.from({ length: BATCH }, () => new Float64Array(inputs + 1));
    this.#sums = new Float64Array((inputs + 1) ** 2);
  }

  add() {
    const weight = 1 / Math.sqrt(this.input.reduce((sum, x) => sum + x * x, 0));
    const root = Math.sqrt(weight);
    const slot = /** @type {Float64Array} */ (this.#batch[this.#filled]);
    for (let i = 0; i < slot.length; i++) slot[i] = root * value(this.input, i);
    this.#weight += weight;
    this.#filled++;
    if (this.#filled === BATCH) this.#flush();
  }

  #flush() {
    const [a, b, c, d] = /** @type {[Float64Array, Float64Array, Float64Array, Float64Array]} */ (this.#batch);
    const sums = this.#sums;
    const n = a.length;
    for (let i = 0; i < n; i++) {
      const ai = value(a, i);
      const bi = value(b, i);
      const ci = value(c, i);
      const di = value(d, i);
      for (let j = i, at = i * n + i; j < n; j++, at++) {
        sums[at] = value(sums, at) + ai * value(a, j) + bi * value(b, j) + ci * value(c, j) + di * value(d, j);
      }
    }
    for (const vector of this.#batch) vector.fill(0);
    this.#filled = 0;
  }

  /** @returns {Float64Array} [inputs + 1][inputs + 1] */
  mean() {
    this.#flush();
    const n = this.input.length;
    const mean = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        mean[i * n + j] = value(this.#sums, i * n + j) / this.#weight;
        mean[j * n + i] = value(mean, i * n + j);
      }
    }
    return mean;
  }
}

/**
 * @param {Float64Array} values
 * @param {number} index Within bounds.
 * @returns {number}
 */
function value(values, index) {
  return /** @type {number} */ (values[index]);
}
