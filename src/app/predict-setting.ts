import type { PredictPlace } from '../index.ts';
import type { KeyValueStorage } from './key-value-storage.ts';
import { MESSAGES } from './messages.ts';

const STORAGE_NAME = 'ossicle-predict';
const PLACES: readonly PredictPlace[] = ['server', 'device', 'server-then-device'];
/** Weights and tokenizer of the on-device recogniser. */
export const MODEL_MB = '44';
/** Below this, what is kept is an unfinished download. */
const MODEL_BYTES = 43_900_000;
/** The WebAssembly that runs it; a server that compresses sends a quarter of this. */
export const RUNTIME_MB = '14';

const megabytes = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The place named by the address (`?predict=device`), else the one chosen before, else the server. */
export function initialPlace(search: string, storage: KeyValueStorage): PredictPlace {
  const named = new URLSearchParams(search).get('predict');
  return asPlace(named) ?? asPlace(storage.getItem(STORAGE_NAME)) ?? 'server';
}

function asPlace(value: string | null): PredictPlace | undefined {
  return PLACES.find((place) => place === value);
}

/** What the setting needs of the pipeline. */
export interface PredictTarget {
  setPredict(place: PredictPlace): Promise<void>;
  loadRecogniser(): Promise<void>;
  recogniserBytes(): Promise<number>;
  deleteRecogniser(): Promise<void>;
  warm(): Promise<void>;
}

/** The elements of the setting. */
export interface PredictElements {
  /** Holds one radio button for each place, with the place as its value. */
  readonly fieldset: HTMLElement;
  readonly note: HTMLElement;
  readonly progress: HTMLProgressElement;
  readonly download: HTMLButtonElement;
  readonly remove: HTMLButtonElement;
}

type ModelState = 'absent' | 'loading' | 'ready' | 'failed' | 'deleted';

/**
 * Lets people choose where speech becomes text; fires `change`, and `deleted` when the recogniser is gone from this
 * device. It is downloaded only on a press that says so.
 */
export class PredictSetting extends EventTarget {
  readonly #elements: PredictElements;
  readonly #target: PredictTarget;
  readonly #storage: KeyValueStorage;
  #place: PredictPlace;
  #model: ModelState = 'absent';
  /** What the browser keeps of the recogniser; unfinished downloads count. */
  #storedBytes = 0;

  constructor(
    elements: PredictElements,
    target: PredictTarget,
    storage: KeyValueStorage,
    initial: PredictPlace,
    signal: AbortSignal,
  ) {
    super();
    this.#elements = elements;
    this.#target = target;
    this.#storage = storage;
    this.#place = initial;
    for (const radio of elements.fieldset.querySelectorAll('input')) {
      radio.checked = radio.value === initial;
      radio.addEventListener('change', () => void this.#choose(asPlace(radio.value)), { signal });
    }
    elements.download.addEventListener('click', () => void this.load(), { signal });
    elements.remove.addEventListener('click', () => void this.#remove(), { signal });
    this.#show();
    void this.#countStored();
  }

  /** Where the next segments are recognised. */
  get place(): PredictPlace {
    return this.#place;
  }

  /** True when the choice includes this device and its recogniser is loaded. */
  get isReady(): boolean {
    return this.#place !== 'server' && this.#model === 'ready';
  }

  /** Downloads and starts the recogniser if the choice needs it; called when the microphone is pressed. */
  async load(): Promise<void> {
    if (this.#place === 'server' || this.#model === 'loading' || this.#model === 'ready') return;
    this.#model = 'loading';
    this.#elements.progress.removeAttribute('value');
    this.#show();
    try {
      // Only with worklet and kernel fetched as well does listening work without a network.
      await Promise.all([this.#target.loadRecogniser(), this.#target.warm()]);
      this.#model = 'ready';
    } catch {
      // What is missing shows at once in the note, and as an error when something is spoken.
      this.#model = 'failed';
    }
    await this.#countStored();
    this.dispatchEvent(new Event('change'));
  }

  /** Shows how far the download is. */
  showProgress(loadedBytes: number, totalBytes: number): void {
    if (this.#model !== 'loading') return;
    const { note, progress } = this.#elements;
    progress.max = Math.max(1, totalBytes);
    progress.value = loadedBytes;
    note.textContent =
      loadedBytes < totalBytes
        ? MESSAGES.modelLoading(megabytes.format(loadedBytes / 1e6), megabytes.format(totalBytes / 1e6))
        : MESSAGES.modelStarting;
  }

  /** Deletes the recogniser; the focus goes to what brings it back, where that shows. */
  async #remove(): Promise<void> {
    const { remove, download, fieldset } = this.#elements;
    const hadFocus = document.activeElement === remove;
    await this.#target.deleteRecogniser();
    this.#model = 'deleted';
    this.dispatchEvent(new Event('deleted'));
    await this.#countStored();
    if (hadFocus) (download.hidden ? fieldset.querySelector<HTMLElement>('input:checked') : download)?.focus();
    this.dispatchEvent(new Event('change'));
  }

  async #countStored(): Promise<void> {
    this.#storedBytes = await this.#target.recogniserBytes().catch(() => 0);
    this.#show();
  }

  async #choose(place: PredictPlace | undefined): Promise<void> {
    if (place === undefined) return;
    this.#place = place;
    this.#storage.setItem(STORAGE_NAME, place);
    this.#show();
    this.dispatchEvent(new Event('change'));
    try {
      await this.#target.setPredict(place);
    } catch {
      this.#model = 'failed';
      this.#show();
    }
  }

  #show(): void {
    const { note, progress, download, remove } = this.#elements;
    const isNeeded = this.#place !== 'server';
    progress.hidden = !isNeeded || this.#model !== 'loading';
    download.hidden = !isNeeded || this.#model === 'loading' || this.#model === 'ready';
    remove.hidden = this.#storedBytes === 0 || this.#model === 'loading';
    remove.textContent = MESSAGES.modelDelete(inMegabytes(this.#storedBytes));
    note.textContent = isNeeded ? this.#neededNote() : this.#unneededNote();
  }

  #unneededNote(): string {
    return this.#model === 'deleted' ? MESSAGES.modelDeleted : MESSAGES.modelNotNeeded;
  }

  #neededNote(): string {
    switch (this.#model) {
      case 'loading':
        return MESSAGES.modelStarting;
      case 'ready':
        return MESSAGES.modelReady;
      case 'failed':
        return MESSAGES.modelFailed;
      case 'deleted':
        return `${MESSAGES.modelDeleted} ${MESSAGES.modelNeeded(MODEL_MB, RUNTIME_MB)}`;
      case 'absent': {
        const isPart = this.#storedBytes > 0 && this.#storedBytes < MODEL_BYTES;
        return isPart
          ? MESSAGES.modelPartlyHere(inMegabytes(this.#storedBytes), MODEL_MB)
          : MESSAGES.modelNeeded(MODEL_MB, RUNTIME_MB);
      }
      default:
        return this.#model satisfies never;
    }
  }
}

function inMegabytes(bytes: number): string {
  // An unfinished download of less than a megabyte is not nothing.
  return megabytes.format(Math.max(1, bytes / 1e6));
}
