import type { ElementTree } from './element-tree.ts';

const ITEM = { part: 'history-item', class: 'item', type: 'button', dir: 'auto' };

/** Recent searches below the field, walked with the arrow keys. */
export class HistoryPanel {
  readonly #tree: ElementTree;
  readonly #choose: (text: string) => void;

  constructor(tree: ElementTree, choose: (text: string) => void) {
    this.#tree = tree;
    this.#choose = choose;
    tree.panel.addEventListener('keydown', (event) => this.#onKey(event));
    tree.panel.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && tree.panel.contains(relatedTarget))) this.close();
    });
  }

  get isOpen(): boolean {
    return !this.#tree.panel.hidden;
  }

  /** Shows the texts and gives the first the focus; does nothing without any. */
  open(texts: readonly string[]): void {
    if (texts.length === 0) return;
    const { panel, history } = this.#tree;
    history.replaceChildren(...texts.map((text) => this.#item(text)));
    panel.hidden = false;
    this.#buttons[0]?.focus();
  }

  #item(text: string): HTMLElement {
    const button = document.createElement('button');
    for (const [name, value] of Object.entries(ITEM)) button.setAttribute(name, value);
    button.textContent = text;
    button.addEventListener('click', () => {
      this.#tree.input.focus();
      this.#choose(text);
    });
    const item = document.createElement('li');
    item.append(button);
    return item;
  }

  close(): void {
    this.#tree.panel.hidden = true;
  }

  get #buttons(): HTMLButtonElement[] {
    return [...this.#tree.history.querySelectorAll('button')];
  }

  #onKey(event: KeyboardEvent): void {
    const { key } = event;
    if (key !== 'Escape' && key !== 'ArrowDown' && key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = this.#buttons;
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const next = key === 'Escape' ? undefined : buttons[at + (key === 'ArrowDown' ? 1 : -1)];
    if (next !== undefined) next.focus();
    else if (key !== 'ArrowDown') this.#tree.input.focus();
  }
}
