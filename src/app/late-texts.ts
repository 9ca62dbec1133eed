import type { SentEvent } from '../index.ts';
import { textElement } from './page-elements.ts';

interface LateQuery {
  readonly texts: Map<number, string>;
  readonly button: HTMLButtonElement;
}

/** Shows the texts of queries that were answered after another one had begun, or in a later visit: each can be searched for. */
export class LateTexts {
  readonly #section: HTMLElement;
  readonly #list: HTMLElement;
  readonly #search: (text: string) => void;
  readonly #queries: Map<string, LateQuery> = new Map();

  constructor(section: HTMLElement, list: HTMLElement, search: (text: string) => void) {
    this.#section = section;
    this.#list = list;
    this.#search = search;
  }

  /** Adds a segment's text to its query; @returns The query's text so far, empty when nobody spoke. */
  add({ queryKey, segmentId, joinedSegmentIds, text }: SentEvent): string {
    const known = this.#queries.get(queryKey);
    const { texts, button } = known ?? { texts: new Map<number, string>(), button: this.#newButton() };
    for (const joined of joinedSegmentIds) texts.delete(joined);
    texts.set(segmentId, text.trim());
    const ordered = [...texts].sort(([a], [b]) => a - b).map(([, words]) => words);
    const whole = ordered.filter((words) => words !== '').join(' ');
    if (known === undefined) this.#queries.set(queryKey, { texts, button });
    button.textContent = whole;
    if (whole !== '' && !button.isConnected) {
      const item = textElement('li', '', '');
      item.append(button);
      this.#list.append(item);
      this.#section.hidden = false;
    }
    return whole;
  }

  #newButton(): HTMLButtonElement {
    const button = textElement('button', '', '');
    button.type = 'button';
    button.addEventListener('click', () => this.#search(button.textContent));
    return button;
  }
}
