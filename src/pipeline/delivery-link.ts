import { proxy, type Remote, transfer, wrap } from 'comlink';
import { SpeechError } from '../errors.ts';
import type {
  DeliveryApi,
  DeliverySettings,
  FromDeliveryToPage,
  GetToken,
  PredictPlace,
} from '../protocol/delivery-messages.ts';
import type { FromOutboxToPage, OutboxSettings, SendReport } from '../protocol/outbox.ts';
import type { WorkerAssets } from './assets.ts';

/** Whom a {@link DeliveryLink} tells. */
export interface DeliveryListener {
  hear(message: FromDeliveryToPage): void;
  hearOutbox(message: FromOutboxToPage): void;
}

/** The page's end of the delivery worker: starts it, wires it to worklets, and hears its messages. */
export class DeliveryLink {
  readonly #workerUrl: string;
  readonly #getToken: GetToken | undefined;
  readonly #listener: DeliveryListener;
  #settings: DeliverySettings;
  #outbox: OutboxSettings;
  #worker: Worker | undefined;
  #api: Promise<Remote<DeliveryApi> | DeliveryApi> | undefined;

  constructor(
    assets: WorkerAssets,
    settings: DeliverySettings,
    getToken: GetToken | undefined,
    outbox: OutboxSettings,
    listener: DeliveryListener,
  ) {
    this.#workerUrl = assets.deliveryWorkerUrl;
    this.#settings = settings;
    this.#getToken = getToken;
    this.#outbox = outbox;
    this.#listener = listener;
  }

  get predict(): PredictPlace {
    return this.#settings.predict;
  }

  /** Starts the worker and gives it its settings; idempotent. */
  async warm(): Promise<void> {
    await this.#start();
  }

  async setPredict(predict: PredictPlace): Promise<void> {
    this.#settings = { ...this.#settings, predict };
    if (this.#api !== undefined) await (await this.#api).configure(this.#settings);
  }

  /** A port for a new worklet's segments; their answers come to the listener. */
  workletPort(): MessagePort {
    const segments = new MessageChannel();
    const answers = new MessageChannel();
    answers.port1.onmessage = (event: MessageEvent<FromDeliveryToPage>) => this.#listener.hear(event.data);
    const worklet = segments.port1;
    const page = answers.port2;
    // A delivery that cannot be started is said by `warm()` and by the press; here there is nobody to tell.
    this.#start()
      .then((api) => api.connect(transfer(worklet, [worklet]), transfer(page, [page])))
      .catch(() => undefined);
    return segments.port2;
  }

  async connectRecogniser(port: MessagePort): Promise<void> {
    await (await this.#start()).connectRecogniser(transfer(port, [port]));
  }

  async disconnectRecogniser(): Promise<void> {
    if (this.#api !== undefined) await (await this.#api).disconnectRecogniser();
  }

  async setQueueOffline(isOn: boolean): Promise<void> {
    this.#outbox = { ...this.#outbox, isStored: isOn };
    // What an earlier visit stored is to be sent, or forgotten, though this one has sent nothing yet.
    await (await this.#start()).configureOutbox(this.#outbox);
  }

  async sendQueued(): Promise<SendReport> {
    if (this.#api === undefined) return { answeredCount: 0, waitingCount: 0 };
    return await (await this.#api).sendQueued();
  }

  async deleteQueued(queryKey?: string): Promise<void> {
    await (await this.#api)?.deleteQueued(queryKey);
  }

  acknowledgeAnswers(ids: readonly string[]): void {
    this.#api?.then((api) => api.acknowledgeAnswers(ids)).catch(() => undefined);
  }

  commitOpenTakes(queryId: number): void {
    this.#api?.then((api) => api.commitOpenTakes(queryId)).catch(() => undefined);
  }

  endQuery(queryId: number): void {
    this.#api?.then((api) => api.endQuery(queryId)).catch(() => undefined);
  }

  postponeQuery(queryId: number): void {
    this.#api?.then((api) => api.postponeQuery(queryId)).catch(() => undefined);
  }

  cancelQuery(queryId: number): void {
    this.#api?.then((api) => api.cancelQuery(queryId)).catch(() => undefined);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#api = undefined;
  }

  #start(): Promise<Remote<DeliveryApi> | DeliveryApi> {
    this.#api ??= this.#connect().catch((error: unknown) => {
      this.#api = undefined;
      throw error;
    });
    return this.#api;
  }

  async #connect(): Promise<Remote<DeliveryApi> | DeliveryApi> {
    const api = (await this.#startWorker()) ?? (await this.#startHere());
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<FromOutboxToPage>) => this.#listener.hearOutbox(event.data);
    // Nobody waits for it: what is said meanwhile is queued after it.
    api.connectOutbox(transfer(port2, [port2])).catch(() => undefined);
    api.configureOutbox(this.#outbox).catch(() => undefined);
    return api;
  }

  async #startHere(): Promise<DeliveryApi> {
    const inPage = await startInPage();
    await inPage.configure(this.#settings, this.#getToken);
    return inPage;
  }

  /** Undefined where the page's policy, or another origin, forbids the worker. */
  async #startWorker(): Promise<Remote<DeliveryApi> | undefined> {
    // Browsers refuse it anyway, some with a report of a violated policy.
    if (new URL(this.#workerUrl, location.href).origin !== location.origin) return undefined;
    let worker: Worker;
    try {
      worker = new Worker(this.#workerUrl, { type: 'module', name: 'ossicle-delivery' });
    } catch {
      return undefined;
    }
    const failed = new Promise<'failed'>((resolve) => {
      worker.addEventListener('error', () => resolve('failed'), { once: true });
    });
    const api = wrap<DeliveryApi>(worker);
    // A function cannot be copied to another thread: the worker gets a proxy that calls it here.
    const getToken = this.#getToken && proxy(this.#getToken);
    if ((await Promise.race([api.configure(this.#settings, getToken), failed])) === 'failed') {
      worker.terminate();
      return undefined;
    }
    this.#worker = worker;
    return api;
  }
}

async function startInPage(): Promise<DeliveryApi> {
  try {
    const { Delivery } = await import('../delivery/delivery.ts');
    return new Delivery();
  } catch (cause) {
    throw new SpeechError('assets', 'The delivery of segments could not be started.', { cause });
  }
}
