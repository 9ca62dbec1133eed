/** The elements of a {@link Confirmation}. */
export interface ConfirmationElements {
  /** Asks. */
  readonly ask: HTMLButtonElement;
  /** Holds the question and both answers; hidden until asked. */
  readonly box: HTMLElement;
  readonly question: HTMLElement;
  readonly yes: HTMLButtonElement;
  readonly no: HTMLButtonElement;
}

/** A button whose deed cannot be undone: it asks in its place, and "no" has the focus. */
export class Confirmation {
  readonly #elements: ConfirmationElements;

  constructor(
    elements: ConfirmationElements,
    ask: { readonly question: () => string; readonly confirmed: () => void },
    signal: AbortSignal,
  ) {
    this.#elements = elements;
    elements.ask.addEventListener(
      'click',
      () => {
        elements.question.textContent = ask.question();
        this.#show(true);
        elements.no.focus();
        elements.box.scrollIntoView({ block: 'nearest' });
      },
      { signal },
    );
    elements.no.addEventListener(
      'click',
      () => {
        this.#show(false);
        elements.ask.focus();
      },
      { signal },
    );
    elements.yes.addEventListener('click', () => ask.confirmed(), { signal });
  }

  /** Takes the question back. */
  reset(): void {
    this.#show(false);
  }

  #show(isAsking: boolean): void {
    this.#elements.box.hidden = !isAsking;
    this.#elements.ask.hidden = isAsking;
  }
}
