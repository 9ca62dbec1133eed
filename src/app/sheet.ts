/** A dialog that lies over the page, at the lower edge of a phone, where a thumb reaches it. */
export class Sheet {
  readonly #dialog: HTMLDialogElement;

  constructor(dialog: HTMLDialogElement, signal: AbortSignal) {
    this.#dialog = dialog;
    // Outside of its content a click hits the dialog itself, which is where the page shows through.
    dialog.addEventListener('click', ({ target }) => target === dialog && this.close(), { signal });
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  /** Opens it; the browser keeps the focus inside, and gives it back to where it was. */
  open(): void {
    if (!this.isOpen) this.#dialog.showModal();
  }

  close(): void {
    this.#dialog.close();
  }
}
