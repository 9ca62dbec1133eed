import type { ClipContract } from '../front-end/clip-contract.ts';
import type { ClipRow, SourceRow } from './prep-rows.ts';

/** What every thread of `prep` is given at its start. */
export interface PrepSettings {
  /** Folder of the recordings. */
  readonly inFolder: string;
  readonly outFolder: string;
  /** Folder of unfinished files, on the disk of `outFolder`. */
  readonly partsFolder: string;
  readonly contract: ClipContract;
  /** SHA-256 of `clip-contract.json`. */
  readonly contractSha256: string;
  readonly kernelPath: string;
}

/** A recording for a thread of `prep`. */
export interface PrepRequest {
  /** Relative to the folder of recordings, with `/`. */
  readonly source: string;
  /** What an earlier run wrote of it: when all of that still holds, nothing is done. */
  readonly known?: {
    readonly sha256: string;
    readonly clips: readonly { readonly path: string; readonly byteCount: number }[];
  };
}

/** What became of a recording. */
export type PrepOutcome =
  | { readonly status: 'kept' }
  | { readonly status: 'heard'; readonly source: SourceRow; readonly clips: readonly ClipRow[] }
  | { readonly status: 'failed'; readonly source: SourceRow };
