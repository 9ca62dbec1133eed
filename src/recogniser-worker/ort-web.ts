import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { OrtRuntime } from '../recogniser/ort-runtime.ts';

/** How onnxruntime's WebAssembly build starts. The first call in a thread decides: the module is loaded once. */
export interface OrtWebOptions {
  /** More than one needs cross-origin isolation; without it onnxruntime falls back to one. */
  readonly threadCount: number;
  /** Where `ort-wasm-simd-threaded.wasm` lies; absent: beside onnxruntime's own module. */
  readonly wasmUrl?: string;
}

/** What goes wrong is thrown; the log would only say it twice. */
const QUIET = { logSeverityLevel: 4 } as const;

/**
 * onnxruntime compiled to WebAssembly, on the CPU.
 *
 * Imported as `onnxruntime-web/wasm`: the plain package fetches a WebAssembly file of twice the size.
 */
export function ortWeb(options: OrtWebOptions): OrtRuntime<Tensor> {
  env.wasm.numThreads = options.threadCount;
  if (options.wasmUrl !== undefined) env.wasm.wasmPaths = { wasm: options.wasmUrl };
  return {
    createSession: async (model) => {
      const session = await InferenceSession.create(model, { executionProviders: ['wasm'], ...QUIET });
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        run: (feeds, fetches) => session.run(feeds, fetches, QUIET),
        release: () => session.release(),
      };
    },
    float32Tensor: (values, dims) => new Tensor('float32', values, dims),
    int64Tensor: (values, dims) => new Tensor('int64', values, dims),
    boolTensor: (value) => new Tensor('bool', [value], [1]),
  };
}
