import type { KernelExports } from '../src/vad/kernel-scorer.ts';

const FRAME_SAMPLES = 512;

/** A fresh kernel, initialised. */
export function instantiateKernel(module: WebAssembly.Module): KernelExports {
  const exports = kernelExports(new WebAssembly.Instance(module));
  exports.init();
  return exports;
}

/** Probabilities of all complete frames, from wherever the kernel's stream is now. */
export function scoreAll(kernel: KernelExports, samples: Float32Array): Float32Array {
  const frame = new Float32Array(kernel.memory.buffer, kernel.frameOffset.value, FRAME_SAMPLES);
  return Float32Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_, i) => {
    frame.set(samples.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES));
    return kernel.score();
  });
}

function kernelExports({ exports }: WebAssembly.Instance): KernelExports {
  const { memory, frameOffset, init, score, reset } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new TypeError('no memory among the exports');
  if (!(frameOffset instanceof WebAssembly.Global)) throw new TypeError('frameOffset is no global');
  const [initialise, scoreFrame, clear] = [init, score, reset].map((value) => {
    if (typeof value !== 'function') throw new TypeError('init, score or reset is no function');
    return value;
  });
  return {
    memory,
    frameOffset: frameOffset as WebAssembly.Global<'i32'>,
    init: initialise as KernelExports['init'],
    score: scoreFrame as KernelExports['score'],
    reset: clear as KernelExports['reset'],
  };
}
