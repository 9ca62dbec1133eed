import type { KeyValueStorage } from './key-value-storage.ts';

const STORAGE_NAME = 'ossicle-access-key';

/**
 * Takes an access key out of `#key=…`, keeps it for this tab and strips it from the address, where it would be
 * bookmarked and shared.
 *
 * @returns Request headers that carry the key; empty without one.
 */
export function accessHeaders(
  location: Location,
  history: History,
  storage: KeyValueStorage,
): Readonly<Record<string, string>> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const givenKey = fragment.get('key');
  if (givenKey !== null) {
    storage.setItem(STORAGE_NAME, givenKey);
    fragment.delete('key');
    const rest = fragment.toString();
    history.replaceState(history.state, '', location.pathname + location.search + (rest === '' ? '' : `#${rest}`));
  }
  const key = storage.getItem(STORAGE_NAME);
  return key === null || key === '' ? {} : { Authorization: `Bearer ${key}` };
}

/** True when an address carries a key that has not been taken yet. */
export function hasAccessKey(location: Location): boolean {
  return new URLSearchParams(location.hash.slice(1)).has('key');
}

/** True when this tab keeps a key. */
export function hasKeptAccessKey(storage: KeyValueStorage): boolean {
  return storage.getItem(STORAGE_NAME) !== null;
}
