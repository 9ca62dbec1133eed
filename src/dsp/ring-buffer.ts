import type { Samples } from '../units.ts';

/** The last `capacity` samples of a stream, addressed by their absolute position since the first push. */
export class FloatRing {
  readonly capacity: Samples;
  readonly #samples: Float32Array;
  #total = 0;

  /**
   * @param capacity Samples kept, 1 or more.
   * @throws RangeError when `capacity` is not a positive whole number.
   */
  constructor(capacity: Samples) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`FloatRing capacity must be a whole number of at least 1 sample, got ${capacity}`);
    }
    this.capacity = capacity;
    this.#samples = new Float32Array(capacity);
  }

  /** Samples pushed since construction or reset: the absolute position of the next one. @realtime */
  get totalPushed(): Samples {
    return this.#total;
  }

  /** Absolute position of the oldest sample still held. @realtime */
  get oldestAbsolute(): Samples {
    const total = this.#total;
    return total > this.capacity ? total - this.capacity : 0;
  }

  /**
   * Appends samples, overwriting the oldest.
   *
   * @realtime
   * @param samples Read only, copied.
   * @param start First sample taken.
   * @param count Samples taken; up to the end of `samples` when left out.
   */
  push(samples: Float32Array, start = 0, count: number = samples.length - start): void {
    const total = this.#total;
    let at = total % this.capacity;
    for (let i = start; i < start + count; i++) {
      this.#samples[at] = samples[i]!;
      at++;
      if (at === this.capacity) at = 0;
    }
    this.#total = total + count;
  }

  /**
   * Copies the absolute range [`fromAbsolute`, `toAbsolute`) out.
   *
   * @realtime
   * @param into Takes the samples from index `at` on; owned by the caller.
   * @throws RangeError when part of the range was overwritten or has not been pushed yet, or does not fit into `into`.
   */
  copyOut(fromAbsolute: Samples, toAbsolute: Samples, into: Float32Array, at = 0): void {
    const isHeld = fromAbsolute >= this.oldestAbsolute && toAbsolute <= this.#total && fromAbsolute <= toAbsolute;
    if (!isHeld || at + toAbsolute - fromAbsolute > into.length)
      this.#refuse(fromAbsolute, toAbsolute, into.length - at);
    let position = fromAbsolute % this.capacity;
    const end = at + toAbsolute - fromAbsolute;
    for (let i = at; i < end; i++) {
      into[i] = this.#samples[position]!;
      position++;
      if (position === this.capacity) position = 0;
    }
  }

  /** Forgets everything: the next sample has position 0. @realtime */
  reset(): void {
    this.#total = 0;
  }

  #refuse(fromAbsolute: Samples, toAbsolute: Samples, roomSamples: Samples): never {
    throw new RangeError(
      `FloatRing cannot copy samples [${fromAbsolute}, ${toAbsolute}): it holds [${this.oldestAbsolute}, ${this.totalPushed}) ` +
        `and the target has room for ${roomSamples}`,
    );
  }
}
