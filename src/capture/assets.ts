import fullKernelUrl from '../../dist/kernel/silero-v6-fp16.wasm?url';
import liteKernelUrl from '../../dist/kernel/silero-v6-int8.wasm?url';
import workletUrl from '../worklet/speech-processor.ts?worker&url';

/** Which network the speech detector runs: half-precision weights, or 8-bit ones. */
export type Kernel = 'full' | 'lite';

/** Where the audio thread's parts are fetched from. */
export interface CaptureAssets {
  readonly workletUrl: string;
  readonly kernelUrl: string;
}

/** The parts beside this module, or below `assetBase` (with a trailing slash) where a site hosts them elsewhere. */
export function captureAssets(assetBase: string | undefined, kernel: Kernel): CaptureAssets {
  if (assetBase === undefined) return { workletUrl, kernelUrl: kernel === 'full' ? fullKernelUrl : liteKernelUrl };
  const base = new URL(assetBase, location.href);
  return {
    workletUrl: new URL('speech-processor.js', base).href,
    kernelUrl: new URL(kernel === 'full' ? 'silero-v6-fp16.wasm' : 'silero-v6-int8.wasm', base).href,
  };
}
