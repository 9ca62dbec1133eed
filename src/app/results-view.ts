import type { SearchHit } from '../protocol/search.ts';
import { dishPicture } from './dish-picture.ts';
import { MESSAGES } from './messages.ts';
import { textElement } from './page-elements.ts';
import type { SearchFindings } from './search-client.ts';

const price = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** The elements that show results. */
export interface ResultsElements {
  readonly heading: HTMLElement;
  readonly note: HTMLElement;
  readonly list: HTMLElement;
  readonly nothing: HTMLElement;
  /** Where a search begins: shown until something was found. */
  readonly beginning: readonly HTMLElement[];
}

/** Shows what a search found, or suggestions before there is anything to search for. */
export class ResultsView {
  readonly #elements: ResultsElements;
  readonly #emptyHeading: string;

  constructor(elements: ResultsElements) {
    this.#elements = elements;
    this.#emptyHeading = elements.heading.textContent;
  }

  /** Shows the hits, or that there are none. */
  show(findings: SearchFindings): void {
    const { hits, place } = findings;
    const { heading, note, list, nothing } = this.#elements;
    const [count, wanted] = titleParts(findings);
    heading.replaceChildren(count, ' ', textElement('span', '', wanted));
    note.textContent = place === 'device' ? MESSAGES.searchedHere : '';
    list.replaceChildren(...hits.map(dish));
    list.hidden = hits.length === 0;
    nothing.textContent = MESSAGES.noResultsAdvice;
    nothing.hidden = hits.length > 0;
    this.#showBeginning(hits.length === 0);
  }

  /** Back to the suggestions. */
  showNone(): void {
    const { heading, note, list, nothing } = this.#elements;
    heading.textContent = this.#emptyHeading;
    note.textContent = '';
    list.replaceChildren();
    list.hidden = true;
    nothing.hidden = true;
    this.#showBeginning(true);
  }

  /** Says that neither server nor device could search. */
  showFailure(): string {
    this.showNone();
    this.#elements.nothing.textContent = MESSAGES.searchFailed;
    this.#elements.nothing.hidden = false;
    return MESSAGES.searchFailed;
  }

  #showBeginning(isShown: boolean): void {
    for (const each of this.#elements.beginning) each.hidden = !isShown;
  }
}

/** "3 choices for 'mocha'"; a full stop that a recogniser put there is left out. */
export function resultsTitle(findings: SearchFindings): string {
  return titleParts(findings).join(' ');
}

function titleParts({ query, hits }: SearchFindings): [string, string] {
  return [MESSAGES.resultCount(hits.length), MESSAGES.resultsFor(query.replace(/\.$/, ''))];
}

function dish(hit: SearchHit): HTMLLIElement {
  const item = textElement('li', 'dish', '');
  const line = textElement('div', 'dish-line', '');
  const leader = textElement('span', 'leader', '');
  leader.setAttribute('aria-hidden', 'true');
  line.append(textElement('h3', '', hit.name), leader, textElement('span', 'price', price.format(hit.price)));
  item.append(
    dishPicture(hit.category),
    line,
    textElement('p', 'dish-about', hit.description),
    textElement('p', 'dish-kind', hit.category),
  );
  return item;
}
