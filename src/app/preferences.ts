import type { KeyValueStorage } from './key-value-storage.ts';

/** Every preference: where it is kept, and what it may be. The first value stands until somebody chooses. */
const PREFERENCES = {
  /** Where speech becomes text. */
  predict: { key: 'ossicle-predict', values: ['server', 'device', 'server-then-device'] },
  /** How eagerly speech is cut at pauses. */
  preset: { key: 'ossicle-preset', values: ['search', 'command', 'dictation'] },
  /** The detector's network. */
  kernel: { key: 'ossicle-kernel', values: ['full', 'lite'] },
  /** Where unsent speech waits; `open` before the first answer. */
  unsent: { key: 'ossicle-queue-offline', values: ['open', 'device', 'memory'] },
  /** Whether searches are remembered. */
  history: { key: 'ossicle-history', values: ['off', 'on'] },
} as const;

/** Name of a preference. */
export type PreferenceName = keyof typeof PREFERENCES;

/** What a preference may be. */
export type Preference<N extends PreferenceName> = (typeof PREFERENCES)[N]['values'][number];

/** Every preference's name. */
export const PREFERENCE_NAMES = Object.keys(PREFERENCES) as readonly PreferenceName[];

/** A preference changed, in this tab or in another one. */
export class PreferenceEvent extends Event {
  readonly preference: PreferenceName;

  constructor(preference: PreferenceName) {
    super('change');
    this.preference = preference;
  }
}

interface PreferenceEvents {
  addEventListener(type: 'change', listener: (event: PreferenceEvent) => void, options?: AddEventListenerOptions): void;
}

const PreferenceTarget = EventTarget as new () => EventTarget & PreferenceEvents;

/** What people decided about the page: kept in the browser's storage, and the same in every tab; fires `change`. */
export class Preferences extends PreferenceTarget {
  readonly #storage: KeyValueStorage;
  readonly #values: Map<PreferenceName, string> = new Map();

  /** @param tabs Where `storage` events of other tabs arrive: the window. */
  constructor(storage: KeyValueStorage, tabs: EventTarget, signal: AbortSignal) {
    super();
    this.#storage = storage;
    for (const name of PREFERENCE_NAMES) this.#values.set(name, this.#kept(name));
    tabs.addEventListener('storage', (event) => this.#hearTab(event), { signal });
  }

  /** The present value. */
  get<N extends PreferenceName>(name: N): Preference<N> {
    return this.#values.get(name) as Preference<N>;
  }

  /** Decides, and remembers it. */
  set<N extends PreferenceName>(name: N, value: Preference<N>): void {
    this.#storage.setItem(PREFERENCES[name].key, value);
    this.#take(name, value);
  }

  /** Decides by a text, such as the value of a radio button; nothing else than a value of the preference counts. */
  setText(name: PreferenceName, text: string | null): void {
    const value = asValue(name, text);
    if (value !== undefined) this.set(name, value);
  }

  /** Decides for this visit only; nothing else than a value of the preference counts. */
  useOnce(name: PreferenceName, text: string | null): void {
    const value = asValue(name, text);
    if (value !== undefined) this.#take(name, value);
  }

  /** How many are kept. */
  get keptCount(): number {
    return PREFERENCE_NAMES.filter((name) => this.#storage.getItem(PREFERENCES[name].key) !== null).length;
  }

  /** Forgets every choice. */
  clear(): void {
    for (const name of PREFERENCE_NAMES) {
      this.#storage.removeItem(PREFERENCES[name].key);
      this.#take(name, PREFERENCES[name].values[0]);
    }
  }

  /** Without a key, all of the storage was emptied. */
  #hearTab(event: Event): void {
    const key = 'key' in event ? event.key : null;
    for (const name of PREFERENCE_NAMES) {
      if (key === null || key === PREFERENCES[name].key) this.#take(name, this.#kept(name));
    }
  }

  #kept(name: PreferenceName): string {
    return asValue(name, this.#storage.getItem(PREFERENCES[name].key)) ?? PREFERENCES[name].values[0];
  }

  #take(name: PreferenceName, value: string): void {
    if (this.#values.get(name) === value) return;
    this.#values.set(name, value);
    this.dispatchEvent(new PreferenceEvent(name));
  }
}

function asValue<N extends PreferenceName>(name: N, text: string | null): Preference<N> | undefined {
  const values: readonly Preference<N>[] = PREFERENCES[name].values;
  return values.find((value) => value === text);
}
