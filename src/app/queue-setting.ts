import type { KeyValueStorage } from './key-value-storage.ts';

const STORAGE_NAME = 'ossicle-queue-offline';

/** What the user decided about unsent speech: keep it on the device, or not; `open` before the first answer. */
export type QueueChoice = 'open' | 'device' | 'memory';

/** The choice made before, if any. */
export function queueChoice(storage: KeyValueStorage): QueueChoice {
  const kept = storage.getItem(STORAGE_NAME);
  return kept === 'device' || kept === 'memory' ? kept : 'open';
}

/** Lets people decide whether unsent speech is kept on the device; fires `change`. */
export class QueueSetting extends EventTarget {
  readonly #box: HTMLInputElement;
  readonly #storage: KeyValueStorage;
  #choice: QueueChoice;

  constructor(box: HTMLInputElement, storage: KeyValueStorage, signal: AbortSignal) {
    super();
    this.#box = box;
    this.#storage = storage;
    this.#choice = queueChoice(storage);
    box.checked = this.#choice === 'device';
    box.addEventListener('change', () => this.choose(box.checked ? 'device' : 'memory'), { signal });
  }

  /** The present choice. */
  get choice(): QueueChoice {
    return this.#choice;
  }

  /** Decides, and remembers it. */
  choose(choice: 'device' | 'memory'): void {
    this.#choice = choice;
    this.#box.checked = choice === 'device';
    this.#storage.setItem(STORAGE_NAME, choice);
    this.dispatchEvent(new Event('change'));
  }
}
