import { OUTBOX_SYNC_TAG, sendOutbox } from '../delivery/send-outbox.ts';

/** Background Sync, which TypeScript's library leaves out. Source: WICG, "Web Background Synchronization". */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

// Does one thing: sends what the search page could not send, once the network is back, though the page may be closed.
addEventListener('sync', (event) => {
  const { tag, waitUntil } = event as SyncEvent;
  if (tag === OUTBOX_SYNC_TAG) waitUntil.call(event, sendWaiting());
});

/** Rejects while something waits: the browser then tries again later. It has no access key, should the server ask for one. */
async function sendWaiting(): Promise<void> {
  const { waitingCount, failure } = await sendOutbox();
  if (waitingCount > 0) throw new Error(failure?.message ?? `${waitingCount} segments wait.`);
}
