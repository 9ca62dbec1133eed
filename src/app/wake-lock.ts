import type { PipelineState } from '../index.ts';

/** What is asked of the browser to keep the screen on. Source: W3C Screen Wake Lock API. */
export interface WakeLockSource {
  request(type: 'screen'): Promise<Pick<WakeLockSentinel, 'release' | 'released'>>;
}

const HEARING: ReadonlySet<PipelineState['phase']> = new Set(['listening', 'interrupted', 'recovering']);

/** Keeps the screen on while the microphone is open, and at no other time. */
export class WakeLock {
  readonly #source: WakeLockSource | undefined;
  #isWanted = false;
  #lock: Pick<WakeLockSentinel, 'release' | 'released'> | undefined;
  /** One request or release after the other. */
  #settling: Promise<void> = Promise.resolve();

  /** @param source Undefined where the browser cannot keep the screen on. */
  constructor(source: WakeLockSource | undefined) {
    this.#source = source;
  }

  /** Hears what the pipeline does. */
  follow(phase: PipelineState['phase']): void {
    const isWanted = HEARING.has(phase);
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    this.#settle();
  }

  /** The page is seen again: the system has let go of the lock meanwhile. */
  renew(): void {
    if (this.#isWanted) this.#settle();
  }

  #settle(): void {
    this.#settling = this.#settling.then(async () => {
      const isHeld = this.#lock !== undefined && !this.#lock.released;
      if (isHeld === this.#isWanted) return;
      try {
        if (this.#isWanted) this.#lock = await this.#source?.request('screen');
        else await this.#lock?.release();
      } catch {
        // A battery that is nearly empty, or a page that is not seen: the screen goes off as it always does.
      }
    });
  }
}
