import type { RecogniserApi } from '../protocol/delivery-messages.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import type { ProgressListener } from './model-download.ts';

/** Gets the model and starts it. */
export type RecogniserStart = (onProgress: ProgressListener) => Promise<Pick<Recogniser, 'transcribe'>>;

/** Share of the model between two progress reports: a report for every network packet would only keep threads busy. */
const PROGRESS_STEP_SHARE = 0.01;

/**
 * The on-device recogniser as its callers see it: loaded once, however many ask for it.
 *
 * A load that failed is forgotten, so that the next call tries again.
 */
export class RecogniserService implements RecogniserApi {
  readonly #start: RecogniserStart;
  readonly #listeners = new Set<ProgressListener>();
  #loading: Promise<Pick<Recogniser, 'transcribe'>> | undefined;
  #progress: { readonly loadedBytes: number; readonly totalBytes: number } | undefined;

  constructor(start: RecogniserStart) {
    this.#start = start;
  }

  /** @param onProgress Told at once where a load under way stands, then about every hundredth; not after the end. */
  async load(onProgress?: ProgressListener): Promise<void> {
    const recogniser = this.#recogniser();
    if (onProgress === undefined) {
      await recogniser;
      return;
    }
    if (this.#progress !== undefined) tell(onProgress, this.#progress.loadedBytes, this.#progress.totalBytes);
    this.#listeners.add(onProgress);
    try {
      await recogniser;
    } finally {
      this.#listeners.delete(onProgress);
    }
  }

  /** Loads the model first if need be. @param pcm16 Mono at 16 kHz; read only, not kept. */
  async transcribe(pcm16: Int16Array): Promise<{ readonly text: string; readonly confidence: number }> {
    const recogniser = await this.#recogniser();
    const { text, confidence } = await recogniser.transcribe(Float32Array.from(pcm16, (sample) => sample / 0x8000));
    return { text, confidence };
  }

  #recogniser(): Promise<Pick<Recogniser, 'transcribe'>> {
    this.#loading ??= this.#start((loadedBytes, totalBytes) => this.#report(loadedBytes, totalBytes)).catch((error) => {
      this.#loading = undefined;
      this.#progress = undefined;
      throw error;
    });
    return this.#loading;
  }

  #report(loadedBytes: number, totalBytes: number): void {
    const toldBytes = this.#progress?.loadedBytes ?? Number.NEGATIVE_INFINITY;
    if (loadedBytes < totalBytes && Math.abs(loadedBytes - toldBytes) < totalBytes * PROGRESS_STEP_SHARE) return;
    this.#progress = { loadedBytes, totalBytes };
    for (const listener of this.#listeners) tell(listener, loadedBytes, totalBytes);
  }
}

/** A listener in another thread answers with a promise; one that is gone must not stop the load. */
function tell(listener: ProgressListener, loadedBytes: number, totalBytes: number): void {
  Promise.resolve()
    .then(() => listener(loadedBytes, totalBytes))
    .catch(() => undefined);
}
