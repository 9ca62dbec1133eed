import { Delivery } from '../src/delivery/delivery.ts';
import { type DeliveryEnvironment, threadEnvironment } from '../src/delivery/environment.ts';
import type { DeliverySettings, FromDeliveryToPage } from '../src/protocol/delivery-messages.ts';
import type { FromOutboxToPage } from '../src/protocol/outbox.ts';
import type { InputMetrics, SegmentSpan } from '../src/protocol/segment.ts';
import type { FromWorkletToDelivery, QueryEnd } from '../src/protocol/worklet-messages.ts';

const SPAN: SegmentSpan = { startSample: 0, endSample: 16_000, speechStartSample: 4_800, speechEndSample: 12_000 };

function spanFrom(startSample: number, sampleCount: number): SegmentSpan {
  const endSample = startSample + sampleCount;
  return { startSample, endSample, speechStartSample: startSample, speechEndSample: endSample };
}

const METRICS: InputMetrics = {
  clipLengthSeconds: 1,
  speechShare: 0.5,
  activeLevelDbov: -26,
  loudnessLufs: -28,
  isLoudnessGated: true,
  noiseLevelDbfs: Number.NEGATIVE_INFINITY,
  snrDb: 30,
  gainDb: 5,
  gainShortfallDb: 0,
  truePeakDbtp: -9,
  clippedRuns: 0,
  dcOffset: 0,
  dropoutCount: 0,
  missingSamples: 0,
  invalidSamples: 0,
  rolloffHz: 6_000,
  leadingSilenceMs: 400,
  retractedTakeCount: 0,
  deviceRateHz: 48_000,
};

/** The thread's environment with time-free pauses between attempts, and what a test sets. */
export function testEnvironment(overrides: Partial<DeliveryEnvironment> = {}): DeliveryEnvironment {
  return { ...threadEnvironment(), random: () => 0, isOnline: () => true, ...overrides };
}

/** Settings for a server on this machine. */
export function settingsFor(endpoint: string, overrides: Partial<DeliverySettings> = {}): DeliverySettings {
  return {
    endpoint,
    server: 'ossicle',
    model: 'moonshine-tiny',
    responseFormat: 'json',
    stream: false,
    encoding: 'wav',
    language: 'en',
    headers: {},
    sessionKey: 'visit-1',
    deadlineMs: 30_000,
    retryCount: 2,
    predict: 'server',
    ...overrides,
  };
}

/** The worklet's end of the wire: takes are numbered and their first sample tells the number. */
export class WorkletEnd {
  readonly port: MessagePort;

  constructor(port: MessagePort) {
    this.port = port;
  }

  /** @param startSample Where in the stream it lies; without it segments overlap, and none is joined to another. */
  take(queryId: number, segmentId: number, takeId: number, sampleCount: number = 1_600, startSample?: number): void {
    const span = startSample === undefined ? SPAN : spanFrom(startSample, sampleCount);
    this.takeOf(queryId, segmentId, takeId, new Int16Array(sampleCount).fill(takeId), span);
  }

  /** @param pcm16 Transferred. */
  takeOf(
    queryId: number,
    segmentId: number,
    takeId: number,
    pcm16: Int16Array<ArrayBuffer>,
    span: SegmentSpan = SPAN,
  ): void {
    const metrics = METRICS;
    const message: FromWorkletToDelivery = { type: 'take', queryId, segmentId, takeId, pcm16, span, metrics };
    this.port.postMessage(message, [pcm16.buffer]);
  }

  commit(queryId: number, segmentId: number, takeId: number): void {
    this.#post({ type: 'commit', queryId, segmentId, takeId, end: 'silence' });
  }

  retract(queryId: number, segmentId: number, takeId: number): void {
    this.#post({ type: 'retract', queryId, segmentId, takeId });
  }

  endQuery(queryId: number, segmentCount: number, reason: QueryEnd = 'silence'): void {
    this.#post({ type: 'query-end', queryId, segmentCount, reason });
  }

  #post(message: FromWorkletToDelivery): void {
    this.port.postMessage(message);
  }
}

/** The page's end of a wire: keeps what came, and waits for more. */
export class PageEnd<M extends { readonly type: string } = FromDeliveryToPage> {
  readonly messages: M[] = [];
  readonly #port: MessagePort;
  readonly #watchers: Set<() => void> = new Set();

  constructor(port: MessagePort) {
    this.#port = port;
    port.addEventListener('message', (event: MessageEvent<M>) => {
      this.messages.push(event.data);
      for (const watcher of this.#watchers) watcher();
    });
    port.start();
  }

  ofType<T extends M['type']>(type: T): Extract<M, { readonly type: T }>[] {
    return this.messages.filter((message): message is Extract<M, { readonly type: T }> => message.type === type);
  }

  /** Resolves with the messages of the type once there are `count` of them. */
  async until<T extends M['type']>(type: T, count: number = 1): Promise<Extract<M, { readonly type: T }>[]> {
    await this.when(() => this.ofType(type).length >= count);
    return this.ofType(type);
  }

  /** Resolves once the messages so far are as `isSo` says. */
  async when(isSo: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!isSo()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  close(): void {
    this.#port.close();
  }
}

/** A delivery with a worklet's and a page's end on real ports. */
export class ConnectedDelivery {
  readonly delivery: Delivery;
  readonly #pages: { close(): void }[] = [];

  constructor(environment: DeliveryEnvironment = testEnvironment()) {
    this.delivery = new Delivery(environment);
  }

  /** Connects one more worklet and page port, as a page does for each audio context. */
  async connect(): Promise<{ readonly worklet: WorkletEnd; readonly page: PageEnd }> {
    const fromWorklet = new MessageChannel();
    const toPage = new MessageChannel();
    await this.delivery.connect(fromWorklet.port2, toPage.port1);
    const page = new PageEnd(toPage.port2);
    this.#pages.push(page);
    return { worklet: new WorkletEnd(fromWorklet.port1), page };
  }

  /** Connects the page's end of the outbox. */
  async connectOutbox(): Promise<PageEnd<FromOutboxToPage>> {
    const { port1, port2 } = new MessageChannel();
    const page = new PageEnd<FromOutboxToPage>(port2);
    this.#pages.push(page);
    await this.delivery.connectOutbox(port1);
    return page;
  }

  close(): void {
    this.delivery.close();
    for (const page of this.#pages) page.close();
  }
}
