import { OUTBOX_SYNC_TAG } from '../index.ts';

/** What TypeScript's library leaves out. Source: WICG, "Web Background Synchronization". */
interface SyncingRegistration extends ServiceWorkerRegistration {
  readonly sync: { register(tag: string): Promise<void> };
}

function syncs(registration: ServiceWorkerRegistration): registration is SyncingRegistration {
  return 'sync' in registration;
}

/**
 * Has the browser send what waits once the network is back, though this page may be closed by then: Chromium's do that.
 *
 * Elsewhere, and where a service worker cannot be had, nothing happens: what waits is sent from the next open page.
 */
export class BackgroundSync {
  readonly #container: ServiceWorkerContainer | undefined;

  constructor(container: ServiceWorkerContainer | undefined) {
    this.#container = 'SyncManager' in globalThis ? container : undefined;
  }

  /** Asks the browser to wake the service worker once there is a network. */
  async wakeOnceOnline(): Promise<void> {
    try {
      const registration = await this.#container?.getRegistration();
      if (registration !== undefined && syncs(registration)) await registration.sync.register(OUTBOX_SYNC_TAG);
    } catch {
      // The user, or the browser's settings, do not want that.
    }
  }
}
