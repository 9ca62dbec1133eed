import { KeptValues } from './kept-values.ts';

/** Whether it was said, and accepted, where speech goes. */
export class Consent {
  readonly #host: HTMLElement;
  readonly #kept = new KeptValues();
  #isGiven = false;
  /** The browser would not ask for permission. */
  #isGranted = false;

  /** @param host Its attributes `priming` and `consent-key` are read. */
  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** True when a press may ask for the microphone at once. */
  get isPrimed(): boolean {
    const priming = this.#host.getAttribute('priming') ?? 'first';
    if (priming === 'always' || priming === 'never') return priming === 'never';
    return this.#isGiven || (this.#key === null ? this.#isGranted : this.#kept.hasConsent(this.#key));
  }

  give(): void {
    this.#isGiven = true;
    if (this.#key !== null) this.#kept.consent(this.#key);
  }

  withdraw(): void {
    this.#isGiven = false;
    if (this.#key !== null) this.#kept.withdrawConsent(this.#key);
  }

  /** Learns from the browser whether the microphone was allowed before. */
  async askBrowser(): Promise<void> {
    try {
      const status = await navigator.permissions.query({ name: 'microphone' });
      this.#isGranted = status.state === 'granted';
    } catch {
      // A browser that does not tell is taken to ask.
    }
  }

  get #key(): string | null {
    return this.#host.getAttribute('consent-key');
  }
}
