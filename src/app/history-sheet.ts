import { CLEAR_PATH, icon } from '../element/icon.ts';
import { Confirmation } from './confirmation.ts';
import { MESSAGES } from './messages.ts';
import { pageElement, textElement } from './page-elements.ts';
import { againButton, pastDetail, whenWords } from './past-searches.ts';
import type { PastSearch, SearchHistory } from './search-history.ts';
import { Sheet } from './sheet.ts';
import type { SheetParts } from './sheet-parts.ts';

/** Every search that is remembered: to be made again, or forgotten, one by one or all. */
export class HistorySheet {
  readonly #sheet: Sheet;
  readonly #history: SearchHistory;
  readonly #search: (text: string) => void;
  readonly #list: HTMLElement = element('history-list');
  readonly #clear: HTMLButtonElement = pageElement('history-clear', HTMLButtonElement);
  readonly #switchOn: HTMLButtonElement = pageElement('history-on', HTMLButtonElement);
  readonly #confirmation: Confirmation;

  constructor({ history, preferences, search }: SheetParts, signal: AbortSignal) {
    this.#sheet = new Sheet(pageElement('history', HTMLDialogElement), signal);
    this.#history = history;
    this.#search = search;
    this.#confirmation = new Confirmation(
      {
        ask: this.#clear,
        box: element('history-clear-box'),
        question: element('history-clear-question'),
        yes: pageElement('history-clear-yes', HTMLButtonElement),
        no: pageElement('history-clear-no', HTMLButtonElement),
      },
      {
        question: () => MESSAGES.deleteSearchesQuestion(history.searches.length),
        confirmed: () => this.#deleteAll(),
      },
      signal,
    );
    this.#switchOn.addEventListener(
      'click',
      () => {
        preferences.set('history', 'on');
        element('history-heading').focus();
      },
      { signal },
    );
    history.addEventListener('change', () => this.#sheet.isOpen && this.#show(), { signal });
  }

  open(): void {
    element('history-news').textContent = '';
    this.#confirmation.reset();
    this.#show();
    this.#sheet.open();
  }

  #show(): void {
    const { isOn, searches } = this.#history;
    element('history-note').textContent = noteFor(isOn, searches.length);
    this.#switchOn.hidden = isOn;
    if (searches.length === 0) this.#confirmation.reset();
    if (searches.length === 0 || element('history-clear-box').hidden) this.#clear.hidden = searches.length === 0;
    const now = Date.now();
    this.#list.replaceChildren(...searches.map((search) => this.#item(search, now)));
  }

  #item(search: PastSearch, nowUnixMs: number): HTMLLIElement {
    const item = textElement('li', 'past', '');
    const remove = textElement('button', 'past-delete', '');
    remove.type = 'button';
    remove.setAttribute('aria-label', MESSAGES.deleteSearch(search.text, whenWords(search.atUnixMs, nowUnixMs)));
    remove.append(icon(CLEAR_PATH));
    remove.addEventListener('click', () => this.#delete(search, item));
    item.append(
      againButton(search, (each) => this.#again(each), pastDetail(search, nowUnixMs)),
      remove,
    );
    return item;
  }

  #again({ text }: PastSearch): void {
    this.#sheet.close();
    this.#search(text);
  }

  /** The keyboard goes on at the next search, else at the one before. */
  #delete(search: PastSearch, item: HTMLElement): void {
    const index = [...this.#list.children].indexOf(item);
    this.#history.delete(search);
    element('history-news').textContent = MESSAGES.searchDeleted(search.text);
    const buttons = this.#list.querySelectorAll<HTMLElement>('.past-delete');
    (buttons[Math.min(index, buttons.length - 1)] ?? element('history-heading')).focus();
  }

  #deleteAll(): void {
    this.#history.clear();
    element('history-news').textContent = MESSAGES.searchesDeleted;
    element('history-heading').focus();
  }
}

function noteFor(isOn: boolean, count: number): string {
  if (!isOn) return MESSAGES.historyOff;
  return count === 0 ? MESSAGES.historyEmpty : MESSAGES.historyKept;
}

function element(id: string): HTMLElement {
  return pageElement(id, HTMLElement);
}
