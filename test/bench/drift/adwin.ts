/** River's defaults. */
const DELTA = 0.002;
const CLOCK = 32;
const BUCKETS_A_ROW = 5;
const LEAST_WINDOW = 5;
const GRACE = 10;

interface Bucket {
  readonly count: number;
  readonly total: number;
  /** Sum of squares about the bucket's mean. */
  readonly squares: number;
}

function joined(a: Bucket, b: Bucket): Bucket {
  const count = a.count + b.count;
  const apart = a.total / a.count - b.total / b.count;
  return {
    count,
    total: a.total + b.total,
    squares: a.squares + b.squares + ((a.count * b.count) / count) * apart ** 2,
  };
}

/**
 * Adaptive windowing: drops old values while two parts of the window differ.
 *
 * Source: Bifet and Gavaldà, "Learning from time-changing data with adaptive windowing", SDM 2007, section 3.2.
 */
export class Adwin {
  /** Row `r` holds buckets of `2 ** r` values, oldest first. */
  readonly #rows: Bucket[][] = [];
  #tick = 0;

  /** @returns True when values were dropped because the window changed. */
  push(value: number): boolean {
    this.#insert({ count: 1, total: value, squares: 0 });
    this.#tick++;
    return this.#tick % CLOCK === 0 && this.#cut();
  }

  #insert(bucket: Bucket): void {
    let carried: Bucket | undefined = bucket;
    for (let row = 0; carried !== undefined; row++) {
      const buckets: Bucket[] = this.#rows[row] ?? [];
      this.#rows[row] = buckets;
      buckets.push(carried);
      carried = undefined;
      if (buckets.length > BUCKETS_A_ROW) carried = joined(buckets.shift()!, buckets.shift()!);
    }
  }

  #oldestFirst(): Bucket[] {
    return this.#rows.toReversed().flat();
  }

  #cut(): boolean {
    let isChanged = false;
    for (;;) {
      const buckets = this.#oldestFirst();
      if (!hasCut(buckets)) return isChanged;
      isChanged = true;
      while (this.#rows.at(-1)?.length === 0) this.#rows.pop();
      this.#rows.at(-1)?.shift();
      while (this.#rows.at(-1)?.length === 0) this.#rows.pop();
    }
  }
}

function hasCut(buckets: readonly Bucket[]): boolean {
  if (buckets.length === 0) return false;
  const all = buckets.reduce(joined);
  if (all.count <= GRACE) return false;
  const variance = all.squares / all.count;
  const logarithm = Math.log((2 * Math.log(all.count)) / DELTA);
  let [count, total] = [0, 0];
  for (const bucket of buckets) {
    count += bucket.count;
    total += bucket.total;
    const rest = all.count - count;
    if (rest < LEAST_WINDOW) return false;
    if (count < LEAST_WINDOW) continue;
    const sizes = 1 / (count - LEAST_WINDOW + 1) + 1 / (rest - LEAST_WINDOW + 1);
    const limit = Math.sqrt(2 * sizes * variance * logarithm) + (2 / 3) * logarithm * sizes;
    if (Math.abs(total / count - (all.total - total) / rest) > limit) return true;
  }
  return false;
}
