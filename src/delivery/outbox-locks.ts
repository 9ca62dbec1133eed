/** What keeps the threads of one site out of each other's way. */
export interface OutboxLocks {
  /**
   * Runs when nobody else of the site runs, and while it runs nobody else does; a thread that dies lets others in.
   *
   * @throws What `run` throws; the signal's reason when that aborts before its turn.
   */
  exclusively<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Shows others that a visit's page is there, until the signal aborts or its thread dies. */
  keepAlive(visit: string, signal: AbortSignal): void;
  /** Visits whose pages are there. */
  liveVisits(): Promise<ReadonlySet<string>>;
}

const SENDER = 'ossicle-outbox';
const VISIT_PREFIX = 'ossicle-visit/';

/** The browser's locks, held over all tabs and workers of the site; undefined where it has none. */
export function webLocks(manager: LockManager | undefined): OutboxLocks | undefined {
  if (manager === undefined) return undefined;
  return {
    exclusively: async (run, signal) => await manager.request(SENDER, { signal }, run),
    keepAlive: (visit, signal) => {
      if (signal.aborted) return;
      const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      // A page that may hold no locks is treated as gone: its answers are shown by another, which loses nothing.
      manager.request(`${VISIT_PREFIX}${visit}`, () => gone).catch(() => undefined);
    },
    liveVisits: async () => {
      const { held = [] } = await manager.query();
      const names = held.flatMap(({ name }) =>
        name?.startsWith(VISIT_PREFIX) ? [name.slice(VISIT_PREFIX.length)] : [],
      );
      return new Set(names);
    },
  };
}

/** For one thread alone. */
export function threadLocks(): OutboxLocks {
  const live = new Set<string>();
  let free: Promise<unknown> = Promise.resolve();
  return {
    exclusively: async (run, signal) => {
      const turn = free.then(() => {
        signal.throwIfAborted();
        return run();
      });
      free = turn.catch(() => undefined);
      return await turn;
    },
    keepAlive: (visit, signal) => {
      live.add(visit);
      signal.addEventListener('abort', () => live.delete(visit), { once: true });
    },
    liveVisits: async () => new Set(live),
  };
}
