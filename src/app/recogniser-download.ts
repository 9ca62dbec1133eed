import type { Preferences } from './preferences.ts';

/** What a {@link RecogniserDownload} needs of the pipeline. */
export interface RecogniserSource {
  loadRecogniser(): Promise<void>;
  recogniserBytes(): Promise<number>;
  deleteRecogniser(): Promise<void>;
  warm(): Promise<void>;
}

/** How far the recogniser of this device is; `absent` includes a download that broke off. */
export type RecogniserState = 'absent' | 'loading' | 'ready' | 'failed' | 'deleted';

/** The recogniser of this device, fetched only on a press that says so; fires `change`, and `deleted` when it is gone. */
export class RecogniserDownload extends EventTarget {
  readonly #source: RecogniserSource;
  readonly #preferences: Preferences;
  #state: RecogniserState = 'absent';
  #storedBytes = 0;
  #loadedBytes = 0;
  #totalBytes = 0;

  constructor(source: RecogniserSource, preferences: Preferences) {
    super();
    this.#source = source;
    this.#preferences = preferences;
  }

  get state(): RecogniserState {
    return this.#state;
  }

  /** What the browser keeps; an unfinished download counts. */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** How far a download is: 0 of 0 while that is not known. */
  get progress(): { readonly loadedBytes: number; readonly totalBytes: number } {
    return { loadedBytes: this.#loadedBytes, totalBytes: this.#totalBytes };
  }

  /** True where speech may be recognised on this device. */
  get isWanted(): boolean {
    return this.#preferences.get('predict') !== 'server';
  }

  /** True when it is wanted and can begin at once. */
  get isReady(): boolean {
    return this.isWanted && this.#state === 'ready';
  }

  /** Downloads and starts it if it is wanted; called when the microphone is pressed. */
  async load(): Promise<void> {
    if (!this.isWanted || this.#state === 'loading' || this.#state === 'ready') return;
    this.#loadedBytes = 0;
    this.#totalBytes = 0;
    this.#become('loading');
    try {
      // Only with worklet and kernel fetched as well does listening work without a network.
      await Promise.all([this.#source.loadRecogniser(), this.#source.warm()]);
      this.#become('ready');
    } catch {
      // What is missing is said at once, and as an error when something is spoken.
      this.#become('failed');
    }
    await this.countStored();
  }

  /** Hears how far the download is. */
  hearProgress(loadedBytes: number, totalBytes: number): void {
    this.#loadedBytes = loadedBytes;
    this.#totalBytes = totalBytes;
    if (this.#state === 'loading') this.#tell();
  }

  /** Deletes it from this device. */
  async delete(): Promise<void> {
    await this.#source.deleteRecogniser();
    this.#become('deleted');
    this.dispatchEvent(new Event('deleted'));
    await this.countStored();
  }

  /** Says that it could not be started. */
  fail(): void {
    this.#become('failed');
  }

  /** Asks the browser how much of it is kept. */
  async countStored(): Promise<void> {
    this.#storedBytes = await this.#source.recogniserBytes().catch(() => 0);
    this.#tell();
  }

  #become(state: RecogniserState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    this.dispatchEvent(new Event('change'));
  }
}
