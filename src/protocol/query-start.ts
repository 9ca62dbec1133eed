import type { Samples } from '../units.ts';

/** Who ends a query: silence, or only the person who began it. */
export type QueryEnds = 'auto' | 'manual';

/** How far another worklet had come with the query that a new one goes on with. */
export interface QueryContinuation {
  /** Segments are numbered on from here; 0 when there were none. */
  readonly lastSegmentId: number;
  /** Segments of the query that were committed. */
  readonly segmentCount: number;
  /** Where in the query the new stream begins, in samples at 16 kHz since the press. */
  readonly startSample: Samples;
}

/** How a query begins. */
export interface QueryStart {
  /** `auto` unless told. */
  readonly ends?: QueryEnds;
  /** Set when the query began in another worklet. */
  readonly continues?: QueryContinuation;
}
