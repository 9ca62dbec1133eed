import kernelUrl from '../../dist/kernel/silero-v6-fp16.wasm?url';
import workletUrl from '../worklet/speech-processor.ts?worker&url';

/** Where the audio thread's parts are fetched from. */
export interface CaptureAssets {
  readonly workletUrl: string;
  readonly kernelUrl: string;
}

/** The parts beside this module, or below `assetBase` (with a trailing slash) where a site hosts them elsewhere. */
export function captureAssets(assetBase: string | undefined): CaptureAssets {
  if (assetBase === undefined) return { workletUrl, kernelUrl };
  const base = new URL(assetBase, location.href);
  return {
    workletUrl: new URL('speech-processor.js', base).href,
    kernelUrl: new URL('silero-v6-fp16.wasm', base).href,
  };
}
