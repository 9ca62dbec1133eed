import type { ShellFile } from 'virtual:shell-list';

/** Names of the caches that hold one version of the page each. */
const CACHE_PREFIX = 'ossicle-shell-';
/** The group that a version brings with it. */
const PAGE_GROUP = 'page';
/** The files of which names change with their content. */
const ASSET_PREFIX = '/assets/';

/** What a {@link Shell} works with. */
export interface ShellParts {
  readonly files: readonly ShellFile[];
  readonly version: string;
  readonly caches: CacheStorage;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * One version of the page, kept whole: its files are of one build, or it is not installed.
 *
 * The page itself is kept from the start; what goes with the microphone or with the recogniser on the device once a
 * file of that group was asked for, by this version or by the one before. Nothing is kept twice: the recogniser's
 * weights, which its own worker keeps, are none of these files.
 */
export class Shell {
  readonly #files: ReadonlyMap<string, ShellFile>;
  readonly #caches: CacheStorage;
  readonly #fetch: typeof globalThis.fetch;
  readonly #cacheName: string;

  constructor({ files, version, caches, fetch }: ShellParts) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#caches = caches;
    this.#fetch = fetch;
    this.#cacheName = CACHE_PREFIX + version;
  }

  /**
   * Fetches what this version needs, taking unchanged files from older ones.
   *
   * @throws TypeError when a file cannot be had or is not the one that was built; nothing is then left of this version.
   */
  async install(): Promise<void> {
    const wanted = new Set([PAGE_GROUP, ...(await this.#groupsKept())]);
    try {
      await this.#bringAll([...this.#files.values()].filter(({ group }) => wanted.has(group)));
    } catch (error) {
      await this.#caches.delete(this.#cacheName);
      throw error;
    }
  }

  /** Deletes all other versions. */
  async deleteOthers(): Promise<void> {
    for (const name of await this.#otherNames()) await this.#caches.delete(name);
  }

  /** True for an address, within the site, that {@link Shell.answer} has an answer to. */
  answers(path: string): boolean {
    return this.#files.has(path) || path.startsWith(ASSET_PREFIX);
  }

  /**
   * The file, from this version; or for a page of an older version that is still open, from that one; or from the
   * network.
   *
   * @param holdOn Keeps the worker alive until the promise settles: a file that is asked for brings its group.
   */
  async answer(request: Request, path: string, holdOn: (settled: Promise<void>) => void): Promise<Response> {
    const file = this.#files.get(path);
    if (file === undefined) return (await this.#olderFile(path)) ?? (await this.#fetch(request));
    const kept = await (await this.#caches.open(this.#cacheName)).match(path);
    if (kept !== undefined) return kept;
    try {
      const brought = await this.#bring(file);
      holdOn(this.keep([path]));
      return brought;
    } catch {
      // A server of another version, or no room to keep it: the browser's own way to it.
      return await this.#fetch(request);
    }
  }

  /** Keeps all that goes with these files of the page; what cannot be had now comes when it is asked for. */
  async keep(paths: readonly string[]): Promise<void> {
    const groups = new Set(paths.map((path) => this.#files.get(path)?.group));
    const files = [...this.#files.values()].filter(({ group }) => groups.has(group));
    await Promise.allSettled(files.map((file) => this.#bring(file)));
  }

  /** Keeps a group no longer. */
  async forget(group: string): Promise<void> {
    const cache = await this.#caches.open(this.#cacheName);
    for (const file of this.#files.values()) if (file.group === group) await cache.delete(file.path);
  }

  async #bringAll(files: readonly ShellFile[]): Promise<void> {
    // All are awaited: one that comes after a failure would fill a cache that was deleted.
    const results = await Promise.allSettled(files.map((file) => this.#bring(file)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Puts the file into this version's cache if it is not there; @returns The file. */
  async #bring({ path, integrity }: ShellFile): Promise<Response> {
    const cache = await this.#caches.open(this.#cacheName);
    const kept = await cache.match(path);
    if (kept !== undefined) return kept;
    // Only a name that tells its content is the same file in another version, or in the browser's own cache.
    const isAsset = path.startsWith(ASSET_PREFIX);
    const unchanged = isAsset ? await this.#olderFile(path) : undefined;
    const response = unchanged ?? (await this.#fetch(path, { integrity, cache: isAsset ? 'default' : 'no-cache' }));
    if (!response.ok || response.redirected) throw new TypeError(`${path} answered ${response.status}.`);
    await cache.put(path, response.clone());
    return response;
  }

  async #olderFile(path: string): Promise<Response | undefined> {
    for (const name of await this.#otherNames()) {
      const found = await (await this.#caches.open(name)).match(path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The groups of which older versions keep a file. */
  async #groupsKept(): Promise<readonly string[]> {
    const groupOf = new Map([...this.#files.values()].map(({ path, group }) => [withoutHash(path), group]));
    const groups: (string | undefined)[] = [];
    for (const name of await this.#otherNames()) {
      const keys = await (await this.#caches.open(name)).keys();
      groups.push(...keys.map(({ url }) => groupOf.get(withoutHash(new URL(url).pathname))));
    }
    return groups.filter((group) => group !== undefined);
  }

  async #otherNames(): Promise<readonly string[]> {
    return (await this.#caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX) && name !== this.#cacheName);
  }
}

function withoutHash(path: string): string {
  return path.replace(/-[A-Za-z0-9_-]{8}(\.\w+)$/, '$1');
}
