/** What a chart keeps, as it is stored. */
export interface CusumState {
  /** 0 to the threshold. */
  readonly height: number;
  /** Values since the chart last stood at 0: where the change began, as Page estimates it. */
  readonly count: number;
  /** What these values differ from the reference, added up, in the caller's unit. */
  readonly sum: number;
}

/**
 * A one-sided cumulative sum: evidence for a change less evidence against it, never below 0.
 *
 * It rises no further than its threshold, so that it falls as soon as the evidence turns; it takes as much evidence to
 * come down to 0 as it took to get up.
 *
 * Source: Page, "Continuous inspection schemes", Biometrika 41, 1954.
 */
export class Cusum {
  readonly threshold: number;
  #height: number;
  #count: number;
  #sum: number;

  /** @param threshold Above 0. @param state What to go on with. */
  constructor(threshold: number, state: CusumState = { height: 0, count: 0, sum: 0 }) {
    this.threshold = threshold;
    this.#height = Math.min(state.height, threshold);
    this.#count = state.count;
    this.#sum = state.sum;
  }

  /** @param evidence For the change, or against it when negative. @param count Of values. @param sum Of differences. */
  push(evidence: number, count: number, sum: number): void {
    const height = this.#height + evidence;
    if (height > 0) {
      this.#height = height < this.threshold ? height : this.threshold;
      this.#count += count;
      this.#sum += sum;
    } else {
      this.#height = 0;
      this.#count = 0;
      this.#sum = 0;
    }
  }

  get state(): CusumState {
    return { height: this.#height, count: this.#count, sum: this.#sum };
  }

  /** 0 (nothing speaks for a change) to 1 (alarm). */
  get heightShare(): number {
    return this.#height / this.threshold;
  }

  /** How much a value differs from the reference on average since the change began; 0 when nothing speaks for one. */
  get meanDifference(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Values since the change began. */
  get count(): number {
    return this.#count;
  }
}
