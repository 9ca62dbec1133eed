// A server that renders pages imports this module, too, and knows no elements.
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** What the element has in common with an `<input>`: it takes part in forms. */
export class FormField extends Base {
  static readonly formAssociated: boolean = true;

  /** @internal */
  protected readonly internals: ElementInternals = this.attachInternals();

  /** Name under which a form sends the text. */
  get name(): string {
    return this.getAttribute('name') ?? '';
  }

  set name(name: string) {
    this.setAttribute('name', name);
  }

  /** Neither typing nor speaking. */
  get disabled(): boolean {
    return this.hasAttribute('disabled');
  }

  set disabled(isDisabled: boolean) {
    this.toggleAttribute('disabled', isDisabled);
  }

  /** The form around it is sent only with a text. */
  get required(): boolean {
    return this.hasAttribute('required');
  }

  set required(isRequired: boolean) {
    this.toggleAttribute('required', isRequired);
  }

  /** The form that it belongs to. */
  get form(): HTMLFormElement | null {
    return this.internals.form;
  }

  /** Whether the text may be sent. */
  get validity(): ValidityState {
    return this.internals.validity;
  }

  /** Why the text may not be sent, in words. */
  get validationMessage(): string {
    return this.internals.validationMessage;
  }

  /** True when a form asks about the text before it is sent. */
  get willValidate(): boolean {
    return this.internals.willValidate;
  }

  /** False when the text may not be sent; `invalid` is then fired. */
  checkValidity(): boolean {
    return this.internals.checkValidity();
  }

  /** As `checkValidity`, and tells the person. */
  reportValidity(): boolean {
    return this.internals.reportValidity();
  }
}
