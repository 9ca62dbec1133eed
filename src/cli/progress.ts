import type { Ms } from '../units.ts';

/** Items between two lines where standard error is not a terminal. */
const ITEMS_PER_LINE = 25;
const BAR_CHARACTERS = 24;
/** Until then nothing is said of the time left: the first items pay for the start. */
const FIRST_ESTIMATE_MS: Ms = 2_000;

/** Tells on standard error how far a long run has come: a bar that renews itself on a terminal, else now and then a line. */
export class Progress {
  readonly #noun: string;
  readonly #totalCount: number;
  readonly #startMs: Ms = performance.now();
  #doneCount = 0;

  /** Tells that nothing is done yet. @param noun What is counted, in the plural. */
  constructor(noun: string, totalCount: number) {
    this.#noun = noun;
    this.#totalCount = totalCount;
    this.#tell();
  }

  get doneCount(): number {
    return this.#doneCount;
  }

  /** One more is done. */
  advance(): void {
    this.#doneCount++;
    const isLast = this.#doneCount === this.#totalCount;
    if (process.stderr.isTTY || isLast || this.#doneCount % ITEMS_PER_LINE === 0) this.#tell();
  }

  #tell(): void {
    const line = `${this.#doneCount} of ${this.#totalCount} ${this.#noun}`;
    if (!process.stderr.isTTY) {
      process.stderr.write(`${line}\n`);
      return;
    }
    const isLast = this.#doneCount === this.#totalCount;
    const filled = Math.floor((BAR_CHARACTERS * this.#doneCount) / Math.max(this.#totalCount, 1));
    const bar = '#'.repeat(filled).padEnd(BAR_CHARACTERS, '-');
    // Erases what a longer line left behind.
    process.stderr.write(`\r[${bar}] ${line}${isLast ? '' : this.#timeLeft()}\x1b[K${isLast ? '\n' : ''}`);
  }

  #timeLeft(): string {
    const elapsedMs = performance.now() - this.#startMs;
    if (this.#doneCount === 0 || elapsedMs < FIRST_ESTIMATE_MS) return '';
    const seconds = Math.round(((elapsedMs / this.#doneCount) * (this.#totalCount - this.#doneCount)) / 1000);
    return seconds < 90 ? `, ${seconds} s left` : `, ${Math.round(seconds / 60)} min left`;
  }
}
