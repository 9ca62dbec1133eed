import { icon, MICROPHONE_PATH } from '../element/icon.ts';
import { MESSAGES } from './messages.ts';
import { textElement } from './page-elements.ts';
import type { PastSearch, SearchMeans } from './search-history.ts';

const DRAWINGS: Readonly<Record<SearchMeans, string>> = {
  voice: MICROPHONE_PATH,
  typing: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm5 11.5 5 5',
};

const clock = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit' });
const dayName = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const date = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

/** A button that makes a past search again. */
export function againButton(search: PastSearch, again: (search: PastSearch) => void, detail = ''): HTMLButtonElement {
  const button = textElement('button', 'past-again', '');
  button.type = 'button';
  const words = textElement('span', 'past-words', '');
  words.append(textElement('span', 'past-text', search.text));
  // Read aloud, too: the drawing is only to be seen.
  words.append(' ', textElement('span', detail === '' ? 'visually-hidden' : 'past-detail', detail || by(search)));
  button.append(icon(DRAWINGS[search.by]), words);
  button.addEventListener('click', () => again(search));
  return button;
}

/** "spoken, today at 2:05 PM" */
export function pastDetail(search: PastSearch, nowUnixMs: number): string {
  return `${by(search)}, ${whenWords(search.atUnixMs, nowUnixMs)}`;
}

/** "today at 2:05 PM", "yesterday at 2:05 PM", "3 Jan 2026 at 2:05 PM", in the device's time zone. */
export function whenWords(atUnixMs: number, nowUnixMs: number): string {
  const days = Math.round((startOfDay(atUnixMs) - startOfDay(nowUnixMs)) / 86_400_000);
  const day = days === 0 || days === -1 ? dayName.format(days, 'day') : date.format(atUnixMs);
  return `${day} at ${clock.format(atUnixMs)}`;
}

function by(search: PastSearch): string {
  return MESSAGES.searchedBy[search.by];
}

function startOfDay(unixMs: number): number {
  return new Date(unixMs).setHours(0, 0, 0, 0);
}
