/** Items between two lines where standard error is not a terminal. */
const ITEMS_PER_LINE = 25;

/** Tells on standard error how far a long run has come: one line that renews itself on a terminal, else now and then one. */
export class Progress {
  readonly #noun: string;
  readonly #totalCount: number;
  #doneCount = 0;

  /** @param noun What is counted, in the plural. */
  constructor(noun: string, totalCount: number) {
    this.#noun = noun;
    this.#totalCount = totalCount;
  }

  /** One more is done. */
  advance(): void {
    this.#doneCount++;
    const line = `${this.#doneCount} of ${this.#totalCount} ${this.#noun}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}${this.#doneCount === this.#totalCount ? '\n' : ''}`);
    else if (this.#doneCount % ITEMS_PER_LINE === 0 || this.#doneCount === this.#totalCount) {
      process.stderr.write(`${line}\n`);
    }
  }
}
