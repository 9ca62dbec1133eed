import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OrtRuntime } from '../recogniser/ort-runtime.ts';
import { refuseOrtTelemetry } from './ort-telemetry.ts';

/** onnxruntime's native library on the CPU. */
export function ortNode(options: { readonly threadCount: number } = { threadCount: 1 }): OrtRuntime<Tensor> {
  const { threadCount } = options;
  refuseOrtTelemetry();
  return {
    createSession: (model) =>
      InferenceSession.create(model, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threadCount,
        interOpNumThreads: 1,
        logSeverityLevel: 4,
      }),
    float32Tensor: (values, dims) => new Tensor('float32', values, dims),
    int64Tensor: (values, dims) => new Tensor('int64', values, dims),
    boolTensor: (value) => new Tensor('bool', [value], [1]),
  };
}
