import type { SharedFile, ToAppWorker } from '../protocol/app-worker-messages.ts';
import type { Ms } from '../units.ts';

const WORKER_URL = '/service-worker.js';
/** A page that stays open looks for a newer version when it is seen again, this long after it last did. */
const UPDATE_CHECK_MS: Ms = 60 * 60 * 1000;
/** A worker that has not answered by then has no file. */
const ANSWER_MS: Ms = 5000;

/**
 * The page's end of the service worker that keeps it for use without a network. Fires `update` when a newer version
 * waits, and `replaced` when one has taken over: reload, then. Without service workers nothing ever happens.
 */
export class AppWorker extends EventTarget {
  readonly #container: ServiceWorkerContainer | undefined;
  readonly #nowMs: () => Ms;
  #waiting: ServiceWorker | undefined;
  #checkedAtMs: Ms;

  /** @param nowMs Monotonic clock. */
  constructor(container: ServiceWorkerContainer | undefined, nowMs: () => Ms) {
    super();
    this.#container = container;
    this.#nowMs = nowMs;
    this.#checkedAtMs = nowMs();
  }

  /** Registers the worker and watches for newer ones until the signal aborts; never rejects. */
  async start(signal: AbortSignal): Promise<void> {
    const container = this.#container;
    if (container === undefined) return;
    try {
      // The first worker of all takes over a page that it fits: it is of the same version.
      let isControlled = container.controller !== null;
      container.addEventListener(
        'controllerchange',
        () => {
          if (isControlled) this.dispatchEvent(new Event('replaced'));
          isControlled = true;
        },
        { signal },
      );
      this.#tell(container.controller, { type: 'opened' });
      const registration = await container.register(WORKER_URL);
      this.#watch(registration, signal);
      const { active } = await container.ready;
      this.#keepWhatPassedBy(active, signal);
    } catch {
      // A private window may have no service workers: the page then needs the network, as any other.
    }
  }

  /** The version that waits takes over; `replaced` follows. */
  takeOver(): void {
    this.#tell(this.#waiting, { type: 'take-over' });
  }

  /** The on-device recogniser was deleted. */
  forgetRecogniser(): void {
    this.#tell(this.#container?.controller, { type: 'forget-recogniser' });
  }

  /** The file that another program shared under this name; undefined when it is gone. */
  async takeShared(shareId: string): Promise<SharedFile> {
    const worker = this.#container?.controller;
    if (!worker) return undefined;
    const { port1, port2 } = new MessageChannel();
    return await new Promise((resolve) => {
      port1.onmessage = (event: MessageEvent<SharedFile>) => resolve(event.data);
      setTimeout(resolve, ANSWER_MS);
      worker.postMessage({ type: 'take-shared', shareId } satisfies ToAppWorker, [port2]);
    });
  }

  #watch(registration: ServiceWorkerRegistration, signal: AbortSignal): void {
    const offer = (worker: ServiceWorker | null): void => {
      // Without a controller it is the first one, and there is nothing to replace.
      if (worker === null || this.#container?.controller == null) return;
      this.#waiting = worker;
      this.dispatchEvent(new Event('update'));
    };
    offer(registration.waiting);
    registration.addEventListener(
      'updatefound',
      () => {
        const coming = registration.installing;
        coming?.addEventListener('statechange', () => coming.state === 'installed' && offer(coming), { signal });
      },
      { signal },
    );
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState !== 'visible' || this.#nowMs() - this.#checkedAtMs < UPDATE_CHECK_MS) return;
        this.#checkedAtMs = this.#nowMs();
        registration.update().catch(() => undefined);
      },
      { signal },
    );
  }

  /** What the page fetched before the worker was there, the worker fetches from the browser's own cache. */
  #keepWhatPassedBy(worker: ServiceWorker | null, signal: AbortSignal): void {
    const observer = new PerformanceObserver((list) => {
      // Only the type says it; the observer is asked for nothing else. Source: W3C Resource Timing, `workerStart`.
      const fetched = list.getEntries() as PerformanceResourceTiming[];
      const paths = fetched.filter(({ workerStart }) => workerStart === 0).map(({ name }) => new URL(name).pathname);
      if (paths.length > 0) this.#tell(worker, { type: 'keep', paths });
    });
    observer.observe({ type: 'resource', buffered: true });
    signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  }

  #tell(worker: ServiceWorker | null | undefined, message: ToAppWorker): void {
    worker?.postMessage(message);
  }
}
