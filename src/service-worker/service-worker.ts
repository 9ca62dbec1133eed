import { SHELL_FILES, SHELL_VERSION } from 'virtual:shell-list';
import { OUTBOX_SYNC_TAG, sendOutbox } from '../delivery/send-outbox.ts';
import { SHARE_PATH, type ToAppWorker } from '../protocol/app-worker-messages.ts';
import { SharedFiles } from './shared-files.ts';
import { Shell } from './shell.ts';

declare const self: ServiceWorkerGlobalScope;

/** Background Sync, which TypeScript's library leaves out. Source: WICG, "Web Background Synchronization". */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

const shell = new Shell({
  files: SHELL_FILES,
  version: SHELL_VERSION,
  caches,
  fetch: (input, init) => fetch(input, init),
});
const shared = new SharedFiles(() => crypto.randomUUID());

self.addEventListener('install', (event) => event.waitUntil(shell.install()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === 'POST' && url.pathname === SHARE_PATH) {
    const page = new URL('/', location.origin);
    event.respondWith(shared.receive(request, page, (settled) => event.waitUntil(settled)));
    return;
  }
  if (request.method !== 'GET' || request.headers.has('range') || !shell.answers(url.pathname)) return;
  event.respondWith(shell.answer(request, url.pathname, (settled) => event.waitUntil(settled)));
});
self.addEventListener('message', (event) => {
  const message: ToAppWorker = event.data;
  switch (message.type) {
    case 'opened':
      event.waitUntil(tidyUp());
      return;
    case 'take-over':
      event.waitUntil(self.skipWaiting());
      return;
    case 'keep':
      event.waitUntil(shell.keep(message.paths));
      return;
    case 'forget-recogniser':
      event.waitUntil(shell.forget('recogniser'));
      return;
    case 'take-shared':
      event.ports[0]?.postMessage(shared.take(message.shareId));
      return;
  }
});
// Sends what the search page could not send, once the network is back, though the page may be closed.
self.addEventListener('sync', (event) => {
  const { tag, waitUntil } = event as SyncEvent;
  if (tag === OUTBOX_SYNC_TAG) waitUntil.call(event, sendWaiting());
});

async function takeOver(): Promise<void> {
  await tidyUp();
  await self.clients.claim();
}

/** Deletes older versions, unless a page of theirs may be open beside the one that opened, or asked to be reloaded. */
async function tidyUp(): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (windows.length <= 1) await shell.deleteOthers();
}

/** Rejects while something waits: the browser then tries again later. It has no access key, should the server ask for one. */
async function sendWaiting(): Promise<void> {
  const { waitingCount, failure } = await sendOutbox();
  if (waitingCount > 0) throw new Error(failure?.message ?? `${waitingCount} segments wait.`);
}
