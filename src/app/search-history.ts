import type { KeyValueStorage } from './key-value-storage.ts';
import type { Preferences } from './preferences.ts';

const STORAGE_KEY = 'ossicle-searches';
/** Oldest searches go past this. */
export const HISTORY_LIMIT = 200;
/** Longest text that is remembered; the field takes no more. */
const TEXT_LIMIT = 300;

/** How a search was made. */
export type SearchMeans = 'voice' | 'typing';

/** One search that is remembered. */
export interface PastSearch {
  readonly text: string;
  readonly by: SearchMeans;
  /** Wall time since 1970. */
  readonly atUnixMs: number;
}

/**
 * Searches of this device, newest first, in every tab the same; fires `change`.
 *
 * It is off until somebody switches it on, and empties itself when it is switched off. Nothing of it is ever sent.
 */
export class SearchHistory extends EventTarget {
  readonly #storage: KeyValueStorage;
  readonly #preferences: Preferences;
  readonly #nowUnixMs: () => number;

  /** @param tabs Where `storage` events of other tabs arrive: the window. */
  constructor(
    storage: KeyValueStorage,
    preferences: Preferences,
    nowUnixMs: () => number,
    tabs: EventTarget,
    signal: AbortSignal,
  ) {
    super();
    this.#storage = storage;
    this.#preferences = preferences;
    this.#nowUnixMs = nowUnixMs;
    preferences.addEventListener('change', () => {
      if (!this.isOn && this.#storage.getItem(STORAGE_KEY) !== null) this.clear();
      else this.#tell();
    });
    tabs.addEventListener('storage', () => this.#tell(), { signal });
  }

  /** True when searches are remembered. */
  get isOn(): boolean {
    return this.#preferences.get('history') === 'on';
  }

  /** All of them, newest first; read anew, since other tabs write as well. */
  get searches(): readonly PastSearch[] {
    return parsePastSearches(this.#storage.getItem(STORAGE_KEY));
  }

  /** The last different texts, newest first. */
  recent(count: number): readonly PastSearch[] {
    const newest = new Map<string, PastSearch>();
    for (const search of this.searches) {
      const folded = foldedText(search.text);
      if (!newest.has(folded)) newest.set(folded, search);
    }
    return [...newest.values()].slice(0, count);
  }

  /** Remembers a search, if that is switched on; the same one again only moves to the present. */
  add(text: string, by: SearchMeans): void {
    const wanted = text.trim().slice(0, TEXT_LIMIT);
    if (!this.isOn || wanted === '') return;
    const [newest, ...earlier] = this.searches;
    const isAgain = newest !== undefined && foldedText(newest.text) === foldedText(wanted);
    const others = newest === undefined || isAgain ? earlier : [newest, ...earlier];
    this.#write([{ text: wanted, by, atUnixMs: this.#nowUnixMs() }, ...others].slice(0, HISTORY_LIMIT));
  }

  /** Forgets one. */
  delete({ text, atUnixMs }: PastSearch): void {
    this.#write(this.searches.filter((each) => each.text !== text || each.atUnixMs !== atUnixMs));
  }

  /** Forgets all. */
  clear(): void {
    this.#storage.removeItem(STORAGE_KEY);
    this.#tell();
  }

  #write(searches: readonly PastSearch[]): void {
    this.#storage.setItem(STORAGE_KEY, JSON.stringify(searches));
    this.#tell();
  }

  #tell(): void {
    this.dispatchEvent(new Event('change'));
  }
}

/** Reads what was kept; what is no search is left out, whoever wrote it. */
export function parsePastSearches(json: string | null): readonly PastSearch[] {
  let kept: unknown;
  try {
    kept = JSON.parse(json ?? '[]');
  } catch {
    return [];
  }
  return Array.isArray(kept) ? kept.filter(isPastSearch).slice(0, HISTORY_LIMIT) : [];
}

function isPastSearch(value: unknown): value is PastSearch {
  if (typeof value !== 'object' || value === null) return false;
  const { text, by, atUnixMs } = value as Partial<Record<keyof PastSearch, unknown>>;
  const isText = typeof text === 'string' && text.trim() !== '' && text.length <= TEXT_LIMIT;
  // A time beyond what a Date holds cannot be shown.
  const isTime = typeof atUnixMs === 'number' && !Number.isNaN(new Date(atUnixMs).valueOf());
  return isText && isTime && (by === 'voice' || by === 'typing');
}

/** A recogniser's full stop and capitals make no other search. */
function foldedText(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[.!?]+$/, '');
}
