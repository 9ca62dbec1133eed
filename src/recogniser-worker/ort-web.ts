import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { OrtRuntime } from '../recogniser/ort-runtime.ts';

/** How onnxruntime's WebAssembly build starts. The first call in a thread decides: the module is loaded once. */
export interface OrtWebOptions {
  /** More than one needs cross-origin isolation; without it onnxruntime falls back to one. */
  readonly threadCount: number;
  /** Where `ort-wasm-simd-threaded.wasm` lies; absent: beside onnxruntime's own module. */
  readonly wasmUrl?: string;
}

/**
 * onnxruntime compiled to WebAssembly, on the CPU.
 *
 * Imported as `onnxruntime-web/wasm`: the plain package fetches a WebAssembly file of twice the size.
 */
export function ortWeb(options: OrtWebOptions): OrtRuntime<Tensor> {
  env.wasm.numThreads = options.threadCount;
  if (options.wasmUrl !== undefined) env.wasm.wasmPaths = { wasm: options.wasmUrl };
  // What goes wrong is thrown; the log would only say it twice.
  env.logLevel = 'fatal';
  return {
    createSession: (model) => InferenceSession.create(model, { executionProviders: ['wasm'], logSeverityLevel: 4 }),
    float32Tensor: (values, dims) => new Tensor('float32', values, dims),
    int64Tensor: (values, dims) => new Tensor('int64', values, dims),
    boolTensor: (value) => new Tensor('bool', [value], [1]),
  };
}
