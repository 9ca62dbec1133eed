import type { Ms } from '../units.ts';
import type { Clock } from './clock.ts';
import { IndexedDbOutboxStore } from './indexed-db-outbox-store.ts';
import { type OutboxLocks, threadLocks, webLocks } from './outbox-locks.ts';
import type { OutboxStore } from './outbox-store.ts';

/** The site's outbox on the device, and what its pages and workers share it by. */
export interface StoredOutbox {
  readonly store: OutboxStore;
  readonly locks: OutboxLocks;
  /** Tells the others that something changed in it. */
  tellOthers(): void;
  /** Lets everything go; idempotent. */
  close(): void;
}

/** What an open outbox has to say on its own. */
export interface StoredOutboxEvents {
  /** Another page or worker changed something. */
  readonly onChanged: () => void;
  /** The storage is gone. */
  readonly onLost: () => void;
}

/** Opens the site's outbox. */
export type OpenStoredOutbox = (events: StoredOutboxEvents, clock: Clock) => Promise<StoredOutbox>;

const CHANNEL = 'ossicle-outbox';

/** A page of an earlier version makes way as soon as it is asked to, unless it is frozen. */
const PATIENCE_MS: Ms = 5_000;

/**
 * Opens the site's outbox in IndexedDB.
 *
 * @throws DOMException when the browser gives no storage, or an earlier version of the page does not make way.
 */
export async function openStoredOutbox(events: StoredOutboxEvents, clock: Clock): Promise<StoredOutbox> {
  const opened = new AbortController();
  const impatient = new AbortController();
  clock.wait(PATIENCE_MS, opened.signal).then(
    () => impatient.abort(new DOMException('An earlier version of this page holds the storage.', 'TimeoutError')),
    () => undefined,
  );
  try {
    const store = await IndexedDbOutboxStore.open(events, impatient.signal);
    const channel = new BroadcastChannel(CHANNEL);
    channel.addEventListener('message', () => events.onChanged());
    return {
      store,
      locks: webLocks(navigator.locks) ?? threadLocks(),
      tellOthers: () => channel.postMessage('changed'),
      close: () => {
        channel.close();
        store.close();
      },
    };
  } finally {
    opened.abort();
  }
}
