import { proxy, type Remote, transfer, wrap } from 'comlink';
import { SpeechError } from '../errors.ts';
import type { DeliveryApi, DeliverySettings, GetToken } from '../protocol/delivery-messages.ts';
import type { FromOutboxToPage, OutboxSettings } from '../protocol/outbox.ts';
import { trustedScript } from './trusted-script.ts';

/** What a delivery begins with. */
export interface DeliveryStart {
  readonly workerUrl: string;
  readonly settings: DeliverySettings;
  readonly getToken: GetToken | undefined;
  readonly outbox: OutboxSettings;
  hearOutbox(message: FromOutboxToPage): void;
}

/** A delivery that runs: in a worker, or in the page where its policy, or another origin, forbids the worker. */
export class DeliveryConnection {
  readonly api: Remote<DeliveryApi> | DeliveryApi;
  readonly #worker: Worker | undefined;

  private constructor(api: Remote<DeliveryApi> | DeliveryApi, worker?: Worker) {
    this.api = api;
    this.#worker = worker;
  }

  /** @throws SpeechError `assets` when it can be started nowhere. */
  static async open(start: DeliveryStart): Promise<DeliveryConnection> {
    const connection = (await DeliveryConnection.#inWorker(start)) ?? (await DeliveryConnection.#inPage(start));
    const { api } = connection;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<FromOutboxToPage>) => start.hearOutbox(event.data);
    // Nobody waits for it: what is said meanwhile is queued after it.
    api.connectOutbox(transfer(port2, [port2])).catch(() => undefined);
    api.configureOutbox(start.outbox).catch(() => undefined);
    return connection;
  }

  /** Both ports are transferred. */
  async connect(fromWorklet: MessagePort, toPage: MessagePort): Promise<void> {
    await this.api.connect(transfer(fromWorklet, [fromWorklet]), transfer(toPage, [toPage]));
  }

  /** The port is transferred. */
  async connectRecogniser(port: MessagePort): Promise<void> {
    await this.api.connectRecogniser(transfer(port, [port]));
  }

  close(): void {
    this.#worker?.terminate();
  }

  /** Undefined where the page's policy, or another origin, forbids the worker. */
  static async #inWorker({ workerUrl, settings, getToken }: DeliveryStart): Promise<DeliveryConnection | undefined> {
    // Browsers refuse it anyway, some with a report of a violated policy.
    if (new URL(workerUrl, location.href).origin !== location.origin) return undefined;
    let worker: Worker;
    try {
      worker = new Worker(trustedScript(workerUrl), { type: 'module', name: 'ossicle-delivery' });
    } catch {
      return undefined;
    }
    const failed = new Promise<'failed'>((resolve) => {
      worker.addEventListener('error', () => resolve('failed'), { once: true });
    });
    const api = wrap<DeliveryApi>(worker);
    // A function cannot be copied to another thread: the worker gets a proxy that calls it here.
    const proxied = getToken && proxy(getToken);
    if ((await Promise.race([api.configure(settings, proxied), failed])) === 'failed') {
      worker.terminate();
      return undefined;
    }
    return new DeliveryConnection(api, worker);
  }

  static async #inPage({ settings, getToken }: DeliveryStart): Promise<DeliveryConnection> {
    const { Delivery } = await import('../delivery/delivery.ts').catch((cause: unknown) => {
      throw new SpeechError('assets', 'The delivery of segments could not be started.', { cause });
    });
    const api = new Delivery();
    await api.configure(settings, getToken);
    return new DeliveryConnection(api);
  }
}
