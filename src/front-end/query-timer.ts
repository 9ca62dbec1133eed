import type { QueryEnds } from '../protocol/query-start.ts';
import type { Samples } from '../units.ts';

/** Tells when a query is over: after its last segment, or when nobody speaks at all. Allocates nothing. */
export class QueryTimer {
  /** `manual`: no silence ends the query. */
  ends: QueryEnds = 'auto';
  readonly #queryEndSamples: Samples;
  readonly #noSpeechSamples: Samples;
  #segmentCount = 0;
  #deadlineSample: Samples;

  /** @param queryEndSamples Silence after a commit. @param noSpeechSamples Silence from the start. Infinity: never. */
  constructor(queryEndSamples: Samples, noSpeechSamples: Samples) {
    this.#queryEndSamples = queryEndSamples;
    this.#noSpeechSamples = noSpeechSamples;
    this.#deadlineSample = noSpeechSamples;
  }

  /** Segments committed in this query. */
  get segmentCount(): number {
    return this.#segmentCount;
  }

  /** @realtime */
  commit(heardSample: Samples): void {
    this.#segmentCount++;
    this.#deadlineSample = heardSample + this.#queryEndSamples;
  }

  /** Sound came back after a while without: there is as much time to go on as there was to begin. @realtime */
  resume(heardSample: Samples): void {
    this.#deadlineSample = heardSample + this.#noSpeechSamples;
  }

  /** Why the query is over at this moment, in which no segment is open; undefined when it goes on. @realtime */
  check(heardSample: Samples): 'silence' | 'no-speech' | undefined {
    if (this.ends === 'manual' || heardSample < this.#deadlineSample) return undefined;
    return this.#segmentCount === 0 ? 'no-speech' : 'silence';
  }

  /** @param segmentCount Segments that the query has already. @realtime */
  reset(ends: QueryEnds, segmentCount: number): void {
    this.ends = ends;
    this.#segmentCount = segmentCount;
    this.#deadlineSample = this.#noSpeechSamples;
  }
}
