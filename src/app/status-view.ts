import { textElement } from './page-elements.ts';
import type { StatusAction, VoiceStatus } from './voice-status.ts';

/** The elements that show a {@link VoiceStatus}. */
export interface StatusElements {
  /** Carries the tone and, while the microphone is open, the live look. */
  readonly row: HTMLElement;
  readonly form: HTMLElement;
  readonly words: HTMLElement;
  readonly actions: HTMLElement;
  readonly micButton: HTMLElement;
  /** `role=status`: what a screen reader speaks. */
  readonly announcer: HTMLElement;
}

/**
 * Shows a status and has it read aloud.
 *
 * What is seen and what is spoken are two elements: the seen one changes while the microphone is open, and a screen
 * reader that spoke then would be recorded.
 */
export class StatusView {
  readonly #elements: StatusElements;
  readonly #act: (action: StatusAction) => void;
  #shownActions = '';

  constructor(elements: StatusElements, act: (action: StatusAction) => void) {
    this.#elements = elements;
    this.#act = act;
  }

  /** Shows a status; one that did not change touches nothing. */
  show(status: VoiceStatus): void {
    const { row, form, words, micButton, announcer } = this.#elements;
    showWords(words, status.words);
    row.dataset['tone'] = status.tone;
    form.dataset['voice'] = status.isPressed ? (status.tone === 'live' ? 'live' : 'waiting') : 'closed';
    micButton.setAttribute('aria-pressed', String(status.isPressed));
    this.#showActions(status);
    if (!status.isSpoken) setText(announcer, '');
  }

  /** Has words read aloud once; only while the microphone is closed. */
  announce(words: string): void {
    setText(this.#elements.announcer, words);
  }

  #showActions({ actions }: VoiceStatus): void {
    const key = actions.map(({ action, label }) => `${action} ${label}`).join('\n');
    if (key === this.#shownActions) return;
    this.#shownActions = key;
    const hadFocus = this.#elements.actions.contains(document.activeElement);
    this.#elements.actions.replaceChildren(
      ...actions.map(({ action, label }) => {
        const button = textElement('button', 'pill', label);
        button.type = 'button';
        button.addEventListener('click', () => this.#act(action));
        return button;
      }),
    );
    // The pressed button is gone: the keyboard goes on at the microphone instead of the top of the page.
    if (hadFocus) this.#elements.micButton.focus();
  }
}

/** Shows words; what stands in “these quotes” is a command, kept on one line. */
function showWords(element: HTMLElement, words: string): void {
  if (element.textContent === words) return;
  const parts = words.split(/(“[^”]*”)/);
  element.replaceChildren(...parts.map((part) => (part.startsWith('“') ? textElement('code', '', part) : part)));
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
