import { textElement } from './page-elements.ts';
import { againButton } from './past-searches.ts';
import type { PastSearch, SearchHistory } from './search-history.ts';

/** A thumb's choice: more of them stand in the history. */
const RECENT_COUNT = 5;

/** Shows the last searches where a new one begins; nothing while none is remembered. */
export function showRecentSearches(
  section: HTMLElement,
  list: HTMLElement,
  history: SearchHistory,
  again: (search: PastSearch) => void,
  signal: AbortSignal,
): void {
  const show = (): void => {
    const recent = history.isOn ? history.recent(RECENT_COUNT) : [];
    section.hidden = recent.length === 0;
    list.replaceChildren(
      ...recent.map((search) => {
        const item = textElement('li', '', '');
        item.append(againButton(search, again));
        return item;
      }),
    );
  };
  history.addEventListener('change', show, { signal });
  show();
}
