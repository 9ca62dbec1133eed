import type { Ms } from '../units.ts';

/** Waits; ends early, without an error, when the signal is aborted. */
export function wait(ms: Ms, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/**
 * Waits for the target's next event of that type, for so long at most; ends early when the signal is aborted.
 *
 * @returns True when the event came.
 */
export async function waitForEvent(target: EventTarget, type: string, ms: Ms, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  let hasCome = false;
  const listener = (): void => {
    hasCome = true;
    over.abort();
  };
  target.addEventListener(type, listener, { signal: over.signal });
  await wait(ms, AbortSignal.any([over.signal, signal]));
  over.abort();
  return hasCome;
}
