import { textElement } from './page-elements.ts';

/** A button of a notice; pressing it closes the notice. */
export interface NoticeAction {
  readonly label: string;
  readonly act?: () => void;
}

/**
 * Shows short notices above the page's lower edge, where a thumb reaches their buttons; the newest is the lowest. Its
 * place is a live region: do not show one while the microphone would hear it read aloud.
 */
export class Notices {
  readonly #place: HTMLElement;
  /** Gets the focus when a notice that held it goes away. */
  readonly #fallback: HTMLElement;
  readonly #shown: Map<string, HTMLElement> = new Map();

  constructor(place: HTMLElement, fallback: HTMLElement) {
    this.#place = place;
    this.#fallback = fallback;
  }

  /** Shows a notice; another one of the same name is replaced, and the same words are not said twice. */
  show(name: string, words: string, actions: readonly NoticeAction[]): void {
    if (this.#shown.get(name)?.firstChild?.textContent === words) return;
    this.hide(name);
    const notice = textElement('section', 'notice', '');
    notice.setAttribute('aria-label', words);
    const row = textElement('div', 'actions', '');
    row.append(
      ...actions.map(({ label, act }) => {
        const button = textElement('button', 'pill', label);
        button.type = 'button';
        button.addEventListener('click', () => {
          this.hide(name);
          act?.();
        });
        return button;
      }),
    );
    notice.append(textElement('p', '', words), row);
    this.#shown.set(name, notice);
    this.#place.append(notice);
  }

  /** Takes a notice away, if it is there. */
  hide(name: string): void {
    const notice = this.#shown.get(name);
    if (notice === undefined) return;
    const hadFocus = notice.contains(document.activeElement);
    this.#shown.delete(name);
    notice.remove();
    if (hadFocus) this.#fallback.focus();
  }
}
