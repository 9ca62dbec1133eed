const FIELD = 'input:not([type=hidden], [type=submit], [type=button], [type=checkbox], [type=radio])';

/** The plain search field inside the tag, which is all there is without script, and is not shown with it. */
export class FallbackField {
  readonly #host: HTMLElement;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /**
   * Takes over: what was typed before the script came is kept.
   *
   * @param form The form around the tag, which is to send the text once, not twice.
   */
  takeOver(form: HTMLFormElement | null): { readonly text: string; readonly hadFocus: boolean } {
    const field = this.#field;
    if (field === null) return { text: '', hadFocus: false };
    const hadFocus = field === document.activeElement;
    const text = field.value;
    if (form !== null && field.form === form) field.disabled = true;
    return { text, hadFocus };
  }

  /** Sends the text with the form inside the tag; false when there is none. */
  submit(text: string): boolean {
    const field = this.#field;
    if (field?.form == null || !this.#host.contains(field.form)) return false;
    field.value = text;
    field.form.requestSubmit();
    return true;
  }

  get #field(): HTMLInputElement | null {
    return this.#host.querySelector<HTMLInputElement>(FIELD);
  }
}
