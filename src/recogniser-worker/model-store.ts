import { MODEL_CACHE_NAME } from '../protocol/model-cache.ts';

/** Keeps model files between visits, by URL. Losing them costs a download, so no method fails. */
export interface ModelStore {
  /** The bytes kept under the URL; owned by the caller. */
  read(url: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Keeps the bytes, if there is room. @param bytes Copied. */
  write(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The addresses kept that begin with the prefix. */
  list(prefix: string): Promise<readonly string[]>;
  /** Forgets the bytes kept under the URL, if there are any. */
  delete(url: string): Promise<void>;
  /** Forgets whatever lies under the base and is not listed: files of older versions. */
  retain(base: string, urls: readonly string[]): Promise<void>;
}

/** Keeps nothing: for pages without Cache Storage (plain http, some private modes). */
export const FORGETFUL_STORE: ModelStore = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  list: () => Promise.resolve([]),
  delete: () => Promise.resolve(),
  retain: () => Promise.resolve(),
};

/** A store in Cache Storage; {@link FORGETFUL_STORE} where there is none or the browser refuses it. */
export async function openModelStore(storage: CacheStorage | undefined): Promise<ModelStore> {
  if (storage === undefined) return FORGETFUL_STORE;
  try {
    return new CacheModelStore(await storage.open(MODEL_CACHE_NAME));
  } catch {
    return FORGETFUL_STORE;
  }
}

class CacheModelStore implements ModelStore {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  async read(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const response = await this.#cache.match(url);
      return response && new Uint8Array(await response.arrayBuffer());
    } catch {
      return undefined;
    }
  }

  async write(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes.length) };
      await this.#cache.put(url, new Response(bytes, { headers }));
    } catch {
      // No room (QuotaExceededError): the next visit downloads again.
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    try {
      return (await this.#cache.keys()).map(({ url }) => url).filter((url) => url.startsWith(prefix));
    } catch {
      return [];
    }
  }

  async delete(url: string): Promise<void> {
    try {
      await this.#cache.delete(url);
    } catch {
      // It stays a while longer.
    }
  }

  async retain(base: string, urls: readonly string[]): Promise<void> {
    try {
      for (const { url } of await this.#cache.keys()) {
        if (url.startsWith(base) && !urls.includes(url)) await this.#cache.delete(url);
      }
    } catch {
      // An old version stays a while longer.
    }
  }
}
