import type { Samples } from '../units.ts';
import type { QueryEnds, QueryStart } from './query-start.ts';
import type { SegmentEnd } from './segment.ts';

/** Page to worklet, over the node's own port. The worklet rests until `start`. */
export type FromPageToWorklet =
  /** Where segments go from now on: the delivery worker's port, transferred. */
  | { readonly type: 'connect'; readonly port: MessagePort }
  /** The kernel arrived: compiled, or as bytes where a Module cannot be posted. */
  | { readonly type: 'kernel'; readonly module?: WebAssembly.Module; readonly bytes?: ArrayBuffer }
  /** A new press begins; earlier segments keep their own query id. */
  | ({ readonly type: 'start'; readonly queryId: number } & QueryStart)
  /** Who ends the query from now on. */
  | { readonly type: 'ends'; readonly ends: QueryEnds }
  /** Flush the open segment with this reason and hear nothing until `resume`; answered by `paused`. */
  | { readonly type: 'pause'; readonly end: SegmentEnd }
  /** Hear on; the sound begins at this sample of the query. */
  | { readonly type: 'resume'; readonly startSample: Samples }
  /** Flush the open segment, then end the query. */
  | { readonly type: 'stop' }
  /** Drop the open segment, then end the query. */
  | { readonly type: 'cancel' }
  /** End for good, without a word: `process()` returns false. */
  | { readonly type: 'close' };
