import type { Samples } from '../units.ts';

/** Tells when a query is over: after its last segment, or when nobody speaks at all. Allocates nothing. */
export class QueryTimer {
  readonly #queryEndSamples: Samples;
  readonly #noSpeechSamples: Samples;
  #segmentCount = 0;
  #lastCommitSample: Samples = 0;

  /** @param queryEndSamples Silence after a commit. @param noSpeechSamples Silence from the start. Infinity: never. */
  constructor(queryEndSamples: Samples, noSpeechSamples: Samples) {
    this.#queryEndSamples = queryEndSamples;
    this.#noSpeechSamples = noSpeechSamples;
  }

  /** Segments committed in this query. */
  get segmentCount(): number {
    return this.#segmentCount;
  }

  /** @realtime */
  commit(heardSample: Samples): void {
    this.#segmentCount++;
    this.#lastCommitSample = heardSample;
  }

  /** Why the query is over at this moment, in which no segment is open; undefined when it goes on. @realtime */
  check(heardSample: Samples): 'silence' | 'no-speech' | undefined {
    if (this.#segmentCount === 0) return heardSample >= this.#noSpeechSamples ? 'no-speech' : undefined;
    return heardSample - this.#lastCommitSample >= this.#queryEndSamples ? 'silence' : undefined;
  }

  /** @realtime */
  reset(): void {
    this.#segmentCount = 0;
    this.#lastCommitSample = 0;
  }
}
