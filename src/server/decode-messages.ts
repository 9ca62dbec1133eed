import type { Hz } from '../units.ts';
import type { CompressedFormat } from './audio-format.ts';
import type { Refusal } from './openai-error.ts';

/** Predict worker to its decode worker. `file` is transferred: the sender must not touch it again. */
export interface ToDecodeWorker {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly format: CompressedFormat;
}

/** Decode worker to its predict worker; one for each file, in order. */
export type FromDecodeWorker =
  /** Mono in [-1, 1], transferred. */
  | { readonly type: 'decoded'; readonly samples: Float32Array<ArrayBuffer>; readonly rateHz: Hz }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'fault'; readonly message: string };
