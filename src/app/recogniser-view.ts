import { MESSAGES } from './messages.ts';
import type { RecogniserDownload } from './recogniser-download.ts';

/** Weights and tokenizer of the on-device recogniser. */
const MODEL_MB = '44';
/** Below this, what is kept is an unfinished download. */
const MODEL_BYTES = 43_900_000;
/** The WebAssembly that runs it; a server that compresses sends a quarter of this. */
const RUNTIME_MB = '14';

const megabytes = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The elements that show a {@link RecogniserDownload}. */
export interface RecogniserElements {
  readonly note: HTMLElement;
  readonly progress: HTMLProgressElement;
  readonly download: HTMLButtonElement;
  readonly remove: HTMLButtonElement;
}

/** Shows what there is of the recogniser on this device; downloads and deletes it on a press. */
export class RecogniserView {
  readonly #elements: RecogniserElements;
  readonly #recogniser: RecogniserDownload;
  /** Where the keyboard goes on when the pressed button is gone and the other one does not show. */
  readonly #fallback: HTMLElement;

  constructor(
    elements: RecogniserElements,
    recogniser: RecogniserDownload,
    fallback: HTMLElement,
    signal: AbortSignal,
  ) {
    this.#elements = elements;
    this.#recogniser = recogniser;
    this.#fallback = fallback;
    elements.download.addEventListener('click', () => void recogniser.load(), { signal });
    elements.remove.addEventListener('click', () => void this.#remove(), { signal });
    recogniser.addEventListener('change', () => this.show(), { signal });
    this.show();
  }

  /** Shows the present state. */
  show(): void {
    const { note, progress, download, remove } = this.#elements;
    const { state, isWanted, storedBytes } = this.#recogniser;
    progress.hidden = !isWanted || state !== 'loading';
    download.hidden = !isWanted || state === 'loading' || state === 'ready';
    remove.hidden = storedBytes === 0 || state === 'loading';
    remove.textContent = MESSAGES.modelDelete(inMegabytes(storedBytes));
    note.textContent = isWanted ? this.#wantedNote() : this.#unwantedNote();
    const { loadedBytes, totalBytes } = this.#recogniser.progress;
    if (totalBytes === 0) progress.removeAttribute('value');
    else progress.value = loadedBytes / totalBytes;
  }

  async #remove(): Promise<void> {
    const { remove, download } = this.#elements;
    const hadFocus = document.activeElement === remove;
    await this.#recogniser.delete();
    if (hadFocus) (download.hidden ? this.#fallback : download).focus();
  }

  #unwantedNote(): string {
    return this.#recogniser.state === 'deleted' ? MESSAGES.modelDeleted : MESSAGES.modelNotNeeded;
  }

  #wantedNote(): string {
    const { state, storedBytes } = this.#recogniser;
    switch (state) {
      case 'loading':
        return this.#loadingNote();
      case 'ready':
        return MESSAGES.modelReady;
      case 'failed':
        return MESSAGES.modelFailed;
      case 'deleted':
        return `${MESSAGES.modelDeleted} ${MESSAGES.modelNeeded(MODEL_MB, RUNTIME_MB)}`;
      case 'absent':
        return storedBytes > 0 && storedBytes < MODEL_BYTES
          ? MESSAGES.modelPartlyHere(inMegabytes(storedBytes), MODEL_MB)
          : MESSAGES.modelNeeded(MODEL_MB, RUNTIME_MB);
      default:
        return state satisfies never;
    }
  }

  #loadingNote(): string {
    const { loadedBytes, totalBytes } = this.#recogniser.progress;
    if (loadedBytes >= totalBytes) return MESSAGES.modelStarting;
    return MESSAGES.modelLoading(megabytes.format(loadedBytes / 1e6), megabytes.format(totalBytes / 1e6));
  }
}

function inMegabytes(bytes: number): string {
  // An unfinished download of less than a megabyte is not nothing.
  return megabytes.format(Math.max(1, bytes / 1e6));
}
