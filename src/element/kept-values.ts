const HISTORY_LIMIT = 10;
const HISTORY_PREFIX = 'voice-search-history:';

/** What the element keeps of its site's storage, only where the site asked for it; a browser without storage keeps nothing. */
export class KeptValues {
  /** @param historyName Tells the histories of a site's search fields apart. */
  recent(historyName: string): readonly string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(HISTORY_PREFIX + historyName) ?? '[]');
      return Array.isArray(kept) ? kept.filter((text) => typeof text === 'string').slice(0, HISTORY_LIMIT) : [];
    } catch {
      return [];
    }
  }

  /** Puts a text first, and lets the oldest go. */
  remember(historyName: string, text: string): void {
    const texts = [text, ...this.recent(historyName).filter((each) => each !== text)].slice(0, HISTORY_LIMIT);
    this.#set(HISTORY_PREFIX + historyName, JSON.stringify(texts));
  }

  hasConsent(key: string): boolean {
    try {
      return localStorage.getItem(key) !== null;
    } catch {
      return false;
    }
  }

  consent(key: string): void {
    this.#set(key, '1');
  }

  forget(historyName: string): void {
    this.#delete(HISTORY_PREFIX + historyName);
  }

  withdrawConsent(key: string): void {
    this.#delete(key);
  }

  #delete(key: string): void {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing can have been kept.
    }
  }

  #set(key: string, value: string): void {
    try {
      localStorage.setItem(key, value);
    } catch {
      // A full or forbidden storage keeps nothing; the search goes on.
    }
  }
}
