import type { Hz } from '../units.ts';
import type { CompressedFormat } from './audio-format.ts';
import type { Refusal } from './openai-error.ts';

/** Predict worker to its decode worker. `file` is transferred: the sender must not touch it again. */
export interface ToDecodeWorker {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly format: CompressedFormat;
}

/** Decode worker to its predict worker: `started`, then one of the others, for each file in order. */
export type FromDecodeWorker =
  /** The decoder's packages are loaded: from here on, time is spent on the file. */
  | { readonly type: 'started' }
  /** Mono in [-1, 1], transferred. */
  | { readonly type: 'decoded'; readonly samples: Float32Array<ArrayBuffer>; readonly rateHz: Hz }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'fault'; readonly message: string };
