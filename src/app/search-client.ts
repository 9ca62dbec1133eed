import { parseSearchAnswer, type SearchHit } from '../protocol/search.ts';
import type { MenuSearch } from '../search/menu-search.ts';
import type { Ms } from '../units.ts';

/** What a search found, and where it was searched. */
export interface SearchFindings {
  readonly query: string;
  readonly hits: readonly SearchHit[];
  readonly place: 'server' | 'device';
  /** From asking to knowing, as this page saw it. */
  readonly tookMs: Ms;
}

/** How a {@link SearchClient} searches; all of it handed in, so that nothing is guessed. */
export interface SearchClientOptions {
  /** Absolute URL of `GET /v1/search`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Past this the index on the device answers. Longer waits out slow networks; typing should not have to. */
  readonly timeoutMs: Ms;
  /** After a timeout the server is left alone for this long, so that the next letters do not wait as well. */
  readonly restMs: Ms;
  /** Loads the index on the device; called again when it failed. */
  readonly loadMenuSearch: () => Promise<MenuSearch>;
  /** Monotonic clock. */
  readonly nowMs: () => Ms;
  /** Whether the network may be tried at all. */
  readonly isOnline: () => boolean;
}

/** Searches the menu on the server, and on the device when the server gives no answer to use. */
export class SearchClient {
  readonly #options: SearchClientOptions;
  #menuSearch: Promise<MenuSearch> | undefined;
  #restUntilMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(options: SearchClientOptions) {
    this.#options = options;
  }

  /** Fetches the index on the device while the network is still there; never rejects. */
  async prefetch(): Promise<void> {
    await this.#load().catch(() => undefined);
  }

  /**
   * Finds what fits the query, best first.
   *
   * @throws The signal's reason when it is aborted; the loading error when neither server nor device can search.
   */
  async search(query: string, options: { readonly signal?: AbortSignal } = {}): Promise<SearchFindings> {
    const { signal } = options;
    signal?.throwIfAborted();
    const startMs = this.#options.nowMs();
    const answered = await this.#askServer(query, signal);
    signal?.throwIfAborted();
    if (answered !== undefined) {
      return { query, hits: answered, place: 'server', tookMs: this.#options.nowMs() - startMs };
    }
    const menuSearch = await this.#load();
    signal?.throwIfAborted();
    return { query, hits: menuSearch.search(query), place: 'device', tookMs: this.#options.nowMs() - startMs };
  }

  /** Undefined when the server gave nothing to use; rejects only when the caller aborts. */
  async #askServer(query: string, signal: AbortSignal | undefined): Promise<readonly SearchHit[] | undefined> {
    const { endpoint, headers, timeoutMs, restMs, nowMs, isOnline } = this.#options;
    if (!isOnline() || nowMs() < this.#restUntilMs) return undefined;
    const url = new URL(endpoint);
    url.searchParams.set('q', query);
    const deadline = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const response = await fetch(url, { headers: { accept: 'application/json', ...headers }, signal: either });
      if (!response.ok) return undefined;
      const body: unknown = await response.json();
      return parseSearchAnswer(body)?.hits;
    } catch {
      signal?.throwIfAborted();
      if (deadline.aborted) this.#restUntilMs = nowMs() + restMs;
      return undefined;
    }
  }

  #load(): Promise<MenuSearch> {
    this.#menuSearch ??= this.#options.loadMenuSearch().catch((error: unknown) => {
      this.#menuSearch = undefined;
      throw error;
    });
    return this.#menuSearch;
  }
}
