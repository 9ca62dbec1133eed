import { Confirmation } from './confirmation.ts';
import { type KeptAmounts, KeptData } from './kept-data.ts';
import { keptLines } from './kept-words.ts';
import { MESSAGES } from './messages.ts';
import { pageElement, textElement } from './page-elements.ts';
import { PREFERENCE_NAMES, type PreferenceName } from './preferences.ts';
import { RecogniserView } from './recogniser-view.ts';
import { Sheet } from './sheet.ts';
import type { SheetParts } from './sheet-parts.ts';

/** Settings: what is decided counts at once, and in every tab; and everything that is kept can be deleted. */
export class SettingsSheet {
  readonly #sheet: Sheet;
  readonly #parts: SheetParts;
  readonly #inputs: readonly HTMLInputElement[];
  readonly #recogniserView: RecogniserView;
  readonly #kept: KeptData;
  readonly #confirmation: Confirmation;

  constructor(parts: SheetParts, signal: AbortSignal) {
    const dialog = pageElement('settings', HTMLDialogElement);
    this.#parts = parts;
    this.#sheet = new Sheet(dialog, signal);
    this.#kept = new KeptData(parts.places);
    this.#inputs = [...dialog.querySelectorAll<HTMLInputElement>('input[data-preference]')];
    for (const input of this.#inputs) input.addEventListener('change', () => this.#choose(input), { signal });
    this.#recogniserView = new RecogniserView(
      {
        note: element('model-note'),
        progress: pageElement('model-progress', HTMLProgressElement),
        download: pageElement('model-download', HTMLButtonElement),
        remove: pageElement('model-delete', HTMLButtonElement),
      },
      parts.recogniser,
      element('settings-heading'),
      signal,
    );
    this.#confirmation = new Confirmation(
      {
        ask: pageElement('delete-data', HTMLButtonElement),
        box: element('delete-data-box'),
        question: element('delete-data-question'),
        yes: pageElement('delete-data-yes', HTMLButtonElement),
        no: pageElement('delete-data-no', HTMLButtonElement),
      },
      { question: () => MESSAGES.deleteDataQuestion, confirmed: () => void this.#deleteData() },
      signal,
    );
    element('settings-unkept').hidden = parts.places.local.isLasting;
    const changed = (): void => void (this.#sheet.isOpen && this.#show());
    for (const target of [parts.preferences, parts.history, parts.recogniser]) {
      target.addEventListener('change', changed, { signal });
    }
  }

  open(): void {
    this.#confirmation.reset();
    element('settings-news').textContent = '';
    this.#show();
    this.#sheet.open();
    void this.#weigh();
  }

  #choose(input: HTMLInputElement): void {
    const { preference, off = null } = input.dataset;
    const text = input.checked ? input.value : off;
    this.#parts.preferences.setText(preference as PreferenceName, text);
    void this.#weigh();
  }

  #show(): void {
    for (const input of this.#inputs) {
      const { preference } = input.dataset;
      const name = PREFERENCE_NAMES.find((each) => each === preference);
      if (name !== undefined) input.checked = this.#parts.preferences.get(name) === input.value;
    }
    this.#recogniserView.show();
  }

  async #weigh(): Promise<KeptAmounts> {
    const amounts = await this.#kept.measure();
    const lines = keptLines(amounts);
    const list = element('kept-list');
    list.replaceChildren(...lines.map((line) => textElement('li', '', line)));
    list.hidden = lines.length === 0;
    element('kept-nothing').hidden = lines.length > 0;
    pageElement('delete-data', HTMLButtonElement).disabled = lines.length === 0;
    return amounts;
  }

  async #deleteData(): Promise<void> {
    await this.#kept.delete();
    this.#confirmation.reset();
    this.#show();
    const left = keptLines(await this.#weigh());
    element('settings-news').textContent = left.length === 0 ? MESSAGES.dataDeleted : MESSAGES.dataLeft;
    element('settings-heading').focus();
  }
}

function element(id: string): HTMLElement {
  return pageElement(id, HTMLElement);
}
