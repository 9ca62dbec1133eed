import { APP_WORDS } from './app-words.ts';
import type { AppWorker } from './app-worker.ts';
import type { Notices } from './notices.ts';

const NOTICE = 'update';

/** What the prompt works with. */
export interface UpdateParts {
  readonly worker: AppWorker;
  readonly notices: Notices;
  /** True while a reload would cost something: someone speaks, or what was said is only in the page's memory. */
  readonly isBusy: () => boolean;
  readonly reload: () => void;
}

/** Tells that a newer version waits, when nothing would be lost by it; only a press loads it. */
export class UpdatePrompt {
  readonly #parts: UpdateParts;
  #state: 'none' | 'waiting' | 'asked' | 'replaced' | 'put-off' = 'none';

  constructor(parts: UpdateParts, signal: AbortSignal) {
    this.#parts = parts;
    parts.worker.addEventListener('update', () => this.#go('waiting'), { signal });
    // Another tab may have asked for it.
    parts.worker.addEventListener('replaced', () => (this.#state === 'asked' ? parts.reload() : this.#go('replaced')), {
      signal,
    });
  }

  /** Call it when {@link UpdateParts.isBusy} may have changed. */
  show(): void {
    const { notices, isBusy } = this.#parts;
    const isDue = this.#state === 'waiting' || this.#state === 'replaced';
    if (!isDue || isBusy()) {
      notices.hide(NOTICE);
      return;
    }
    notices.show(NOTICE, APP_WORDS.update, [
      { label: APP_WORDS.reload, act: () => this.#reload() },
      { label: APP_WORDS.later, act: () => this.#go('put-off') },
    ]);
  }

  #go(state: 'waiting' | 'replaced' | 'put-off'): void {
    this.#state = state;
    this.show();
  }

  #reload(): void {
    const { worker, reload } = this.#parts;
    if (this.#state === 'replaced') {
      reload();
      return;
    }
    this.#state = 'asked';
    worker.takeOver();
  }
}
