/** Items between two lines where standard error is not a terminal. */
const ITEMS_PER_LINE = 25;

/** Tells on standard error how far a long run has come: one line that renews itself on a terminal, else now and then one. */
export class Progress {
  readonly #noun: string;
  readonly #totalCount: number;
  #doneCount = 0;

  /** Tells that nothing is done yet. @param noun What is counted, in the plural. */
  constructor(noun: string, totalCount: number) {
    this.#noun = noun;
    this.#totalCount = totalCount;
    this.#tell();
  }

  /** One more is done. */
  advance(): void {
    this.#doneCount++;
    const isLast = this.#doneCount === this.#totalCount;
    if (process.stderr.isTTY || isLast || this.#doneCount % ITEMS_PER_LINE === 0) this.#tell();
  }

  #tell(): void {
    const line = `${this.#doneCount} of ${this.#totalCount} ${this.#noun}`;
    const isLast = this.#doneCount === this.#totalCount;
    process.stderr.write(process.stderr.isTTY ? `\r${line}${isLast ? '\n' : ''}` : `${line}\n`);
  }
}
