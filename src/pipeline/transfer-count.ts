import type { Samples } from '../units.ts';
import { TransferEvent } from './events.ts';

const BYTES_PER_SAMPLE = 2;

/** Bytes heard and bytes sent since the page opened: what trimming saves. */
export class TransferCount {
  readonly #tell: (event: TransferEvent) => void;
  #queryId = 0;
  #earlierSamples: Samples = 0;
  #querySamples: Samples = 0;
  #sentBytes = 0;

  constructor(tell: (event: TransferEvent) => void) {
    this.#tell = tell;
  }

  /** @param querySamples Device samples that the worklet has heard in this query; another one begins at 0 again. */
  heard(queryId: number, querySamples: Samples): void {
    if (queryId !== this.#queryId || querySamples < this.#querySamples) {
      this.#earlierSamples += this.#querySamples;
      this.#queryId = queryId;
    }
    this.#querySamples = querySamples;
    this.#report();
  }

  sent(bytes: number): void {
    this.#sentBytes += bytes;
    this.#report();
  }

  #report(): void {
    this.#tell(new TransferEvent((this.#earlierSamples + this.#querySamples) * BYTES_PER_SAMPLE, this.#sentBytes));
  }
}
