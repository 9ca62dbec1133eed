/**
 * Cost of one 32 ms frame: both kernels and onnxruntime-web on the same model, in one run, taken in turn.
 * `npm run bench -- kernel [rounds] [--json]` prints medians in microseconds and the ratios to onnxruntime-web.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as onnx from 'onnxruntime-web/wasm';

/** @typedef {import('../../src/vad/kernel-scorer.ts').KernelExports} KernelExports */

const FRAMES = 200;
const FRAME_SAMPLES = 512;
const args = process.argv.slice(2);
const rounds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 21);
const require = createRequire(import.meta.url);

// Noise that swells and fades: no frame is cheap. The network does the same work whatever it hears.
let state = 1;
const samples = Float32Array.from({ length: FRAMES * FRAME_SAMPLES }, (_, i) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state / 2 ** 32 - 0.5) * 0.2 * Math.sin(i / 4000);
});

onnx.env.wasm.numThreads = 1;
onnx.env.wasm.wasmBinary = readFileSync(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
const session = await onnx.InferenceSession.create(
  readFileSync(require.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx')),
  { executionProviders: ['wasm'], graphOptimizationLevel: 'all' },
);

/** @type {{ name: string, run: () => void | Promise<void>, us: number[] }[]} */
const contestants = [
  { name: 'onnxruntime-web', run: runOnnx, us: [] },
  { name: 'kernel fp16', run: kernelRun('silero-v6-fp16.wasm'), us: [] },
  { name: 'kernel int8', run: kernelRun('silero-v6-int8.wasm'), us: [] },
];
for (const { run } of contestants) await run();
for (let round = 0; round < rounds; round++) {
  for (const { run, us } of contestants) {
    const start = performance.now();
    await run();
    us.push(((performance.now() - start) * 1000) / FRAMES);
  }
}
const baseline = median(contestants[0]?.us ?? []);
const results = contestants.map(({ name, us }) => ({ name, usPerFrame: median(us), ratio: baseline / median(us) }));
if (args.includes('--json')) console.log(JSON.stringify({ rounds, framesPerRound: FRAMES, results }));
else {
  for (const { name, usPerFrame, ratio } of results) {
    console.log(
      `${name.padEnd(16)} ${usPerFrame.toFixed(1).padStart(7)} us a frame  1/${ratio.toFixed(1)} of onnxruntime-web`,
    );
  }
}

/** @param {string} file */
function kernelRun(file) {
  const bytes = readFileSync(new URL(`../../dist/kernel/${file}`, import.meta.url));
  const { memory, frameOffset, init, score } = /** @type {KernelExports} */ (
    /** @type {unknown} */ (new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports)
  );
  init();
  const frame = new Float32Array(memory.buffer, frameOffset.value, FRAME_SAMPLES);
  return () => {
    for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
      frame.set(samples.subarray(at, at + FRAME_SAMPLES));
      score();
    }
  };
}

async function runOnnx() {
  /** @type {onnx.Tensor} */
  let recurrent = new onnx.Tensor('float32', new Float32Array(256), [2, 1, 128]);
  const rate = new onnx.Tensor('int64', BigInt64Array.of(16000n), []);
  const input = new Float32Array(64 + FRAME_SAMPLES);
  for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
    input.copyWithin(0, FRAME_SAMPLES);
    input.set(samples.subarray(at, at + FRAME_SAMPLES), 64);
    const { stateN } = await session.run({
      input: new onnx.Tensor('float32', input, [1, input.length]),
      state: recurrent,
      sr: rate,
    });
    if (stateN === undefined) throw new Error('the model gives no state');
    recurrent = stateN;
  }
}

/** @param {readonly number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
