import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';

/** The part of onnxruntime-web that the oracle needs; each environment loads its own build. */
export interface OnnxRuntime {
  readonly Tensor: typeof Tensor;
}

const CONTEXT_SAMPLES = 64;
const FRAME_SAMPLES = 512;
const STATE_DIMS = [2, 1, 128];

/**
 * Speech probabilities of the original model, by onnxruntime: an independent implementation to compare kernels with.
 * Carries the state and 64 samples of context from frame to frame, as the model's authors do.
 *
 * @param samples 16 kHz mono; an incomplete last frame is left out.
 */
export async function sileroOracle(
  runtime: OnnxRuntime,
  session: InferenceSession,
  samples: Float32Array,
): Promise<Float32Array> {
  const { Tensor } = runtime;
  const probabilities = new Float32Array(Math.floor(samples.length / FRAME_SAMPLES));
  const rate = new Tensor('int64', BigInt64Array.of(16000n), []);
  const input = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES);
  let state: Tensor = new Tensor('float32', new Float32Array(256), STATE_DIMS);
  for (let i = 0; i < probabilities.length; i++) {
    input.copyWithin(0, FRAME_SAMPLES);
    input.set(samples.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES), CONTEXT_SAMPLES);
    const answer = await session.run({
      input: new Tensor('float32', input.slice(), [1, input.length]),
      state,
      sr: rate,
    });
    const { output, stateN } = answer;
    if (!output || !stateN) throw new Error('the model has other outputs than output and stateN');
    probabilities[i] = Number(output.data[0]);
    state = stateN;
  }
  return probabilities;
}

/** Largest absolute difference, or NaN when anything is not a number. */
export function largestDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) throw new RangeError(`${actual.length} values against ${expected.length}`);
  return actual.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
}
