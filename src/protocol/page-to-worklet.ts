/** Page to worklet, over the node's own port. The worklet rests until `start`. */
export type FromPageToWorklet =
  /** Where segments go from now on: the delivery worker's port, transferred. */
  | { readonly type: 'connect'; readonly port: MessagePort }
  /** The kernel arrived: compiled, or as bytes where a Module cannot be posted. */
  | { readonly type: 'kernel'; readonly module?: WebAssembly.Module; readonly bytes?: ArrayBuffer }
  /** A new press begins; earlier segments keep their own query id. */
  | { readonly type: 'start'; readonly queryId: number }
  /** Flush the open segment, then end the query. */
  | { readonly type: 'stop' }
  /** Drop the open segment, then end the query. */
  | { readonly type: 'cancel' }
  /** End for good: `process()` returns false. */
  | { readonly type: 'close' };
