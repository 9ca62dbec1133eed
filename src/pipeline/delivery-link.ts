import { SpeechError } from '../errors.ts';
import type { DeliverySettings, FromDeliveryToPage, GetToken, PredictPlace } from '../protocol/delivery-messages.ts';
import type { FromOutboxToPage, OutboxSettings, SendReport } from '../protocol/outbox.ts';
import type { WorkerAssets } from './assets.ts';
import type { DeliveryConnection } from './delivery-connection.ts';

/** Whom a {@link DeliveryLink} tells. */
export interface DeliveryListener {
  hear(message: FromDeliveryToPage): void;
  hearOutbox(message: FromOutboxToPage): void;
}

/** The page's end of the delivery: fetches and starts it on intent, wires it to worklets, and hears its messages. */
export class DeliveryLink {
  readonly #workerUrl: string;
  readonly #getToken: GetToken | undefined;
  readonly #listener: DeliveryListener;
  #settings: DeliverySettings;
  #outbox: OutboxSettings;
  #connection: Promise<DeliveryConnection> | undefined;

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

  /** Starts it and gives it its settings; idempotent. @throws SpeechError `assets` when it cannot be started. */
  async warm(): Promise<void> {
    await this.#start();
  }

  async setPredict(predict: PredictPlace): Promise<void> {
    this.#settings = { ...this.#settings, predict };
    await (await this.#connection)?.api.configure(this.#settings);
  }

  /** A port for a new worklet's segments; their answers come to the listener. */
  workletPort(): MessagePort {
    const segments = new MessageChannel();
    const answers = new MessageChannel();
    answers.port1.onmessage = (event: MessageEvent<FromDeliveryToPage>) => this.#listener.hear(event.data);
    // A delivery that cannot be started is said by `warm()`, which every press calls.
    this.#start()
      .then((connection) => connection.connect(segments.port1, answers.port2))
      .catch(() => undefined);
    return segments.port2;
  }

  async connectRecogniser(port: MessagePort): Promise<void> {
    await (await this.#start()).connectRecogniser(port);
  }

  async disconnectRecogniser(): Promise<void> {
    await (await this.#connection)?.api.disconnectRecogniser();
  }

  async setQueueOffline(isOn: boolean): Promise<void> {
    this.#outbox = { ...this.#outbox, isStored: isOn };
    // What an earlier visit stored is to be sent, or forgotten, though this one has sent nothing yet.
    await (await this.#start()).api.configureOutbox(this.#outbox);
  }

  async sendQueued(): Promise<SendReport> {
    return (await (await this.#connection)?.api.sendQueued()) ?? { answeredCount: 0, waitingCount: 0 };
  }

  async deleteQueued(queryKey?: string): Promise<void> {
    await (await this.#connection)?.api.deleteQueued(queryKey);
  }

  acknowledgeAnswers(ids: readonly string[]): void {
    this.#tell(({ api }) => api.acknowledgeAnswers(ids));
  }

  commitOpenTakes(queryId: number): void {
    this.#tell(({ api }) => api.commitOpenTakes(queryId));
  }

  endQuery(queryId: number): void {
    this.#tell(({ api }) => api.endQuery(queryId));
  }

  postponeQuery(queryId: number): void {
    this.#tell(({ api }) => api.postponeQuery(queryId));
  }

  cancelQuery(queryId: number): void {
    this.#tell(({ api }) => api.cancelQuery(queryId));
  }

  close(): void {
    this.#tell((connection) => connection.close());
    this.#connection = undefined;
  }

  #tell(act: (connection: DeliveryConnection) => unknown): void {
    this.#connection?.then(act).catch(() => undefined);
  }

  #start(): Promise<DeliveryConnection> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #open(): Promise<DeliveryConnection> {
    const { DeliveryConnection } = await import('./delivery-connection.ts').catch((cause: unknown) => {
      throw new SpeechError('assets', 'The delivery of segments could not be loaded.', { cause });
    });
    return DeliveryConnection.open({
      workerUrl: this.#workerUrl,
      settings: this.#settings,
      getToken: this.#getToken,
      outbox: this.#outbox,
      hearOutbox: (message) => this.#listener.hearOutbox(message),
    });
  }
}
