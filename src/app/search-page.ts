import type { Ms } from '../units.ts';
import { type ResultsView, resultsTitle } from './results-view.ts';
import type { SearchClient, SearchFindings } from './search-client.ts';

/** Pause in typing after which the text is searched for. */
export const TYPING_PAUSE_MS: Ms = 150;
/** Pause after which the number of results is read aloud; sooner, it would talk over the typing. */
export const ANNOUNCE_PAUSE_MS: Ms = 900;

/** Searches for the text of the field and shows what was found; the newest search always wins. */
export class SearchPage {
  readonly #client: SearchClient;
  readonly #results: ResultsView;
  readonly #announce: (words: string) => void;
  #running = new AbortController();
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #announceTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param announce Has words read aloud; may decide not to. */
  constructor(client: SearchClient, results: ResultsView, announce: (words: string) => void) {
    this.#client = client;
    this.#results = results;
    this.#announce = announce;
  }

  /** Searches once the typing pauses. */
  searchSoon(query: string): void {
    this.#reset();
    if (query.trim() === '') {
      this.#results.showNone();
      return;
    }
    this.#typingTimer = setTimeout(() => void this.#searchAndAnnounce(query), TYPING_PAUSE_MS);
  }

  /** Searches at once because its user asked for it. */
  searchNow(query: string): void {
    void this.#searchAndAnnounce(query);
  }

  /**
   * Searches at once.
   *
   * @returns Undefined when a newer search took over, the text is empty, or nothing could be searched.
   */
  async search(query: string): Promise<SearchFindings | undefined> {
    this.#reset();
    const wanted = query.trim();
    if (wanted === '') {
      this.#results.showNone();
      return undefined;
    }
    const { signal } = this.#running;
    try {
      const findings = await this.#client.search(wanted, { signal });
      this.#results.show(findings);
      return findings;
    } catch {
      if (!signal.aborted) this.#announce(this.#results.showFailure());
      return undefined;
    }
  }

  async #searchAndAnnounce(query: string): Promise<void> {
    const findings = await this.search(query);
    if (findings === undefined) return;
    this.#announceTimer = setTimeout(() => this.#announce(resultsTitle(findings)), ANNOUNCE_PAUSE_MS);
  }

  #reset(): void {
    clearTimeout(this.#typingTimer);
    clearTimeout(this.#announceTimer);
    this.#running.abort();
    this.#running = new AbortController();
  }
}
