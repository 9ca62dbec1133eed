/** The part of `Storage` that this page uses. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** The browser's storage, or one that lasts as long as the page where cookies and site data are blocked. */
export function storageOrMemory(open: () => Storage): KeyValueStorage {
  try {
    return open();
  } catch {
    const values = new Map<string, string>();
    return {
      getItem: (name) => values.get(name) ?? null,
      setItem: (name, value) => void values.set(name, value),
    };
  }
}
