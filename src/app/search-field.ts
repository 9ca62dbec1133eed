/** Where a heard text went. */
export type Placing = 'in-field' | 'offered';

/**
 * The search field as typing and voice share it: typing always wins, and what voice replaced can be had back.
 *
 * Fires `typed` on its own target when a person changed the text, never when voice did.
 */
export class SearchField extends EventTarget {
  readonly #input: HTMLInputElement;
  readonly #clearButton: HTMLButtonElement;
  #textBefore = '';
  #hasTypedSincePress = false;
  /** The text that voice put there, while nobody touched it. */
  #voiceText: string | undefined;

  constructor(input: HTMLInputElement, clearButton: HTMLButtonElement, signal: AbortSignal) {
    super();
    this.#input = input;
    this.#clearButton = clearButton;
    input.addEventListener('input', () => this.#onTyped(), { signal });
    input.addEventListener('keydown', (event) => this.#onKeyDown(event), { signal });
    clearButton.addEventListener('click', () => this.#empty(), { signal });
    this.#showClear();
  }

  /** What stands in the field. */
  get text(): string {
    return this.#input.value;
  }

  /** True while the text is what voice put there and differs from what it replaced. */
  get isUndoable(): boolean {
    return this.#voiceText !== undefined && this.#voiceText !== this.#textBefore;
  }

  /** Changes the text as if it had been typed; the field gets the focus where no keyboard slides over the page for it. */
  type(text: string): void {
    this.#input.value = text;
    if (matchMedia('(hover: hover)').matches) this.#input.focus();
    this.#onTyped();
  }

  /** The microphone was pressed: remembers the text, to tell later whether it was touched. */
  beginQuery(): void {
    this.#textBefore = this.#input.value;
    this.#hasTypedSincePress = false;
    this.#voiceText = undefined;
  }

  /** Puts a heard text into the field, unless its user typed since the press. */
  placeHeard(text: string): Placing {
    if (this.#hasTypedSincePress) return 'offered';
    this.#set(text);
    this.#voiceText = text;
    return 'in-field';
  }

  /** Puts an offered text into the field after all; what was typed can be had back. */
  acceptHeard(text: string): void {
    this.#textBefore = this.#input.value;
    this.#hasTypedSincePress = false;
    this.#set(text);
    this.#voiceText = text;
  }

  /** Gives back what the field held before the press; nothing when the voice's text was touched. */
  undo(): void {
    if (this.#voiceText === undefined) return;
    this.#voiceText = undefined;
    this.#set(this.#textBefore);
  }

  /** Whoever empties it wants to type. */
  #empty(): void {
    this.type('');
    this.#input.focus();
  }

  #onTyped(): void {
    this.#hasTypedSincePress = true;
    this.#voiceText = undefined;
    this.#showClear();
    this.dispatchEvent(new Event('typed'));
  }

  /** Undo belongs to the text field itself, except for the one step that it cannot know: voice's. */
  #onKeyDown(event: KeyboardEvent): void {
    const isUndo = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (!isUndo || !this.isUndoable) return;
    event.preventDefault();
    this.dispatchEvent(new Event('undo'));
  }

  #set(text: string): void {
    this.#input.value = text;
    this.#showClear();
  }

  #showClear(): void {
    this.#clearButton.hidden = this.#input.value === '';
  }
}
