import type { Ms } from '../units.ts';
import type { Clock } from './clock.ts';

/**
 * Runs work under a deadline and a caller's signal.
 *
 * @param expired Makes the reason with which the work's signal aborts at the deadline.
 * @throws What `run` throws; it is expected to reject with its signal's reason when that aborts.
 */
export async function withDeadline<T>(
  deadlineMs: Ms,
  clock: Clock,
  outer: AbortSignal,
  expired: () => Error,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer.throwIfAborted();
  const inner = new AbortController();
  const finished = new AbortController();
  outer.addEventListener('abort', () => inner.abort(outer.reason), { signal: finished.signal });
  clock.wait(deadlineMs, finished.signal).then(
    () => inner.abort(expired()),
    () => undefined,
  );
  try {
    return await run(inner.signal);
  } finally {
    finished.abort();
  }
}

/** Settles like `promise`, or rejects with the signal's reason as soon as that aborts: for work that cannot be stopped. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
