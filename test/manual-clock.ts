import type { Clock } from '../src/delivery/clock.ts';
import type { Ms } from '../src/units.ts';

interface Waiter {
  readonly dueAt: Ms;
  readonly durationMs: Ms;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  readonly #unixStartMs: Ms;
  readonly #waiters: Set<Waiter> = new Set();
  readonly #watchers: Set<() => void> = new Set();
  #nowMs = 0;

  constructor(unixStartMs: Ms = 0) {
    this.#unixStartMs = unixStartMs;
  }

  now(): Ms {
    return this.#nowMs;
  }

  unixNow(): Ms {
    return this.#unixStartMs + this.#nowMs;
  }

  /** What is waited for at the moment, in the order in which the waiting began. */
  get pendingMs(): readonly Ms[] {
    return [...this.#waiters].map((waiter) => waiter.durationMs);
  }

  wait(durationMs: Ms, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const waiter: Waiter = { dueAt: this.#nowMs + durationMs, durationMs, wake: resolve };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', () => {
        this.#waiters.delete(waiter);
        reject(signal.reason);
      });
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** Resolves once `count` waits are pending. */
  whenPending(count: number): Promise<void> {
    return new Promise((resolve) => {
      const watcher = (): void => {
        if (this.#waiters.size < count) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  advance(durationMs: Ms): void {
    this.#nowMs += durationMs;
    for (const waiter of this.#waiters) {
      if (waiter.dueAt > this.#nowMs) continue;
      this.#waiters.delete(waiter);
      waiter.wake();
    }
  }
}
