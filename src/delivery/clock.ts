import type { Ms } from '../units.ts';

/** Time as the delivery needs it; handed in, so that tests own it. */
export interface Clock {
  /** Monotonic; only differences mean anything. */
  now(): Ms;
  /** Wall time since 1970, for HTTP dates. */
  unixNow(): Ms;
  /** Resolves after `durationMs`; rejects with the signal's reason as soon as that aborts. */
  wait(durationMs: Ms, signal: AbortSignal): Promise<void>;
}

/** The clock of the thread this runs in. */
export const systemClock: Clock = {
  now: () => performance.now(),
  unixNow: () => Date.now(),
  wait: (durationMs, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      }, durationMs);
      const giveUp = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
    }),
};
