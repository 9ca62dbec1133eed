/** Texts that the field held before and after voice, to be walked with undo and redo while nobody touched the text. */
export class QueryHistory {
  readonly #texts: string[] = [];
  #at = -1;
  #isUntouched = false;

  get canUndo(): boolean {
    return this.#isUntouched && this.#at > 0;
  }

  get canRedo(): boolean {
    return this.#isUntouched && this.#at < this.#texts.length - 1;
  }

  /** Voice, or a choice from the history, replaces `before` by `after`. */
  replace(before: string, after: string): void {
    this.#texts.length = this.#at + 1;
    if (this.#texts.at(-1) !== before) this.#texts.push(before);
    if (before !== after) this.#texts.push(after);
    this.#at = this.#texts.length - 1;
    this.#isUntouched = true;
  }

  /** A person changed the text: undo is the text field's own from here on. */
  touch(): void {
    this.#isUntouched = false;
  }

  /** The text before; undefined when there is none, or the present one was touched. */
  undo(): string | undefined {
    return this.canUndo ? this.#texts[--this.#at] : undefined;
  }

  /** The text that was undone last. */
  redo(): string | undefined {
    return this.canRedo ? this.#texts[++this.#at] : undefined;
  }

  clear(): void {
    this.#texts.length = 0;
    this.#at = -1;
    this.#isUntouched = false;
  }
}
