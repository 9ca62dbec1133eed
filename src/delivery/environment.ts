import { type Clock, systemClock } from './clock.ts';
import { randomUuid } from './random-uuid.ts';
import type { OpenStoredOutbox } from './stored-outbox.ts';

/** What the delivery takes from the thread it runs in; handed in, so that tests own it. */
export interface DeliveryEnvironment {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly randomUuid: () => string;
  /** False only when the device knows that it has no network. */
  readonly isOnline: () => boolean;
  /** Calls whenever the network came back, until the signal aborts. */
  readonly whenOnline: (call: () => void, signal: AbortSignal) => void;
  /** Fetches what storing needs, once, and opens the site's outbox. */
  readonly openStored: OpenStoredOutbox;
}

/** The thread's own fetch, clock, randomness and network state: worker and page alike. */
export function threadEnvironment(): DeliveryEnvironment {
  return {
    fetch: (input, init) => fetch(input, init),
    clock: systemClock,
    random: () => Math.random(),
    randomUuid,
    isOnline: () => navigator.onLine,
    whenOnline: (call, signal) => {
      // Node has no such event.
      if (typeof addEventListener === 'function') addEventListener('online', call, { signal });
    },
    openStored: async (events, clock) => (await import('./stored-outbox.ts')).openStoredOutbox(events, clock),
  };
}
