/** The part of `Storage` that this page uses. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A {@link KeyValueStorage} of the browser's, or in its place. */
export interface SiteStorage extends KeyValueStorage {
  /** False where the browser keeps nothing: values then last as long as the page. */
  readonly isLasting: boolean;
  clear(): void;
}

/**
 * The browser's storage; where site data is blocked, or nothing more fits in, values last as long as the page.
 *
 * @param open Gives the storage; throws where site data is blocked.
 */
export function storageOrMemory(open: () => Storage): SiteStorage {
  const unkept = new Map<string, string>();
  const kept = opened(open);
  return {
    isLasting: kept !== undefined,
    getItem: (name) => unkept.get(name) ?? kept?.getItem(name) ?? null,
    setItem: (name, value) => {
      unkept.delete(name);
      try {
        if (kept === undefined) unkept.set(name, value);
        else kept.setItem(name, value);
      } catch {
        unkept.set(name, value);
      }
    },
    removeItem: (name) => {
      unkept.delete(name);
      kept?.removeItem(name);
    },
    clear: () => {
      unkept.clear();
      kept?.clear();
    },
  };
}

function opened(open: () => Storage): Storage | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
