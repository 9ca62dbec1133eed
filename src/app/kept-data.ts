import { MODEL_CACHE_NAME } from '../protocol/model-cache.ts';
import { hasKeptAccessKey } from './access-key.ts';
import type { SiteStorage } from './key-value-storage.ts';
import type { Preferences } from './preferences.ts';
import type { RecogniserDownload } from './recogniser-download.ts';
import type { SearchHistory } from './search-history.ts';

/** Speech that waits to be sent. */
export interface WaitingSpeech {
  readonly waiting: readonly { readonly bytes: number }[];
  clear(): Promise<void>;
}

/** Where everything lies that this site keeps in the browser. */
export interface KeptDataPlaces {
  readonly preferences: Preferences;
  readonly history: SearchHistory;
  readonly recogniser: RecogniserDownload;
  readonly queue: WaitingSpeech;
  /** Storage of all tabs, and of this one. */
  readonly local: SiteStorage;
  readonly session: SiteStorage;
  /** Undefined where the browser gives none, as over plain http. */
  readonly caches: CacheStorage | undefined;
  readonly workers: ServiceWorkerContainer | undefined;
}

/** What is kept, and how much of it. */
export interface KeptAmounts {
  readonly settingCount: number;
  readonly searchCount: number;
  readonly waitingCount: number;
  readonly waitingBytes: number;
  readonly recogniserBytes: number;
  /** The page's own files, by which it opens without a network. */
  readonly fileBytes: number;
  readonly hasAccessKey: boolean;
}

/** All that this site keeps in this browser: weighed, and deleted without asking any server. */
export class KeptData {
  readonly #places: KeptDataPlaces;

  constructor(places: KeptDataPlaces) {
    this.#places = places;
  }

  /** Weighs it. */
  async measure(): Promise<KeptAmounts> {
    const { preferences, history, queue, recogniser, session } = this.#places;
    await recogniser.countStored();
    return {
      settingCount: preferences.keptCount,
      searchCount: history.searches.length,
      waitingCount: queue.waiting.length,
      waitingBytes: queue.waiting.reduce((sum, { bytes }) => sum + bytes, 0),
      recogniserBytes: recogniser.storedBytes,
      fileBytes: await this.#fileBytes(),
      hasAccessKey: hasKeptAccessKey(session),
    };
  }

  /** Deletes it, in every tab; the page goes on with what it is without. */
  async delete(): Promise<void> {
    const { preferences, history, queue, recogniser, local, session, caches, workers } = this.#places;
    await queue.clear();
    await recogniser.delete();
    // The worker first: it would look for its files in a cache that is gone.
    const registrations = await workers?.getRegistrations().catch(() => []);
    await Promise.all((registrations ?? []).map((registration) => registration.unregister()));
    const names = await caches?.keys().catch(() => []);
    await Promise.all((names ?? []).map((name) => caches?.delete(name)));
    history.clear();
    preferences.clear();
    local.clear();
    session.clear();
  }

  async #fileBytes(): Promise<number> {
    const { caches } = this.#places;
    const names = await caches?.keys().catch(() => []);
    let byteCount = 0;
    for (const name of names ?? []) {
      if (name === MODEL_CACHE_NAME) continue;
      const cache = await caches?.open(name);
      for (const response of (await cache?.matchAll()) ?? []) byteCount += await bodyBytes(response);
    }
    return byteCount;
  }
}

/** A compressed body's `Content-Length`, if there is one, is not what it takes here; its blob is not read into memory. */
async function bodyBytes(response: Response): Promise<number> {
  return (await response.blob()).size;
}
