import kernelUrl from '../../dist/kernel/silero-v6-fp16.wasm?url';
import { FrontEnd } from '../../src/front-end/front-end.ts';
import type { FrontEndSink } from '../../src/front-end/front-end-sink.ts';
import type { FrontEndOverrides } from '../../src/front-end/options.ts';
import type { FromPageToWorklet } from '../../src/protocol/page-to-worklet.ts';
import type { FromWorkletToDelivery, FromWorkletToPage } from '../../src/protocol/worklet-messages.ts';
import { type KernelExports, KernelScorer } from '../../src/vad/kernel-scorer.ts';
import workletUrl from '../../src/worklet/speech-processor.ts?worker&url';

/** Samples of one call of `process()`. */
export const QUANTUM_SAMPLES = 128;

/** What came out of one query. */
export interface QueryRecord {
  readonly toDelivery: readonly FromWorkletToDelivery[];
  /** Levels left out: the front end knows none. */
  readonly toPage: readonly FromWorkletToPage[];
}

/** How a query is heard and ended. */
export interface QuerySetup {
  readonly rateHz: number;
  readonly overrides?: FrontEndOverrides;
  /** What ends the query after the last sample. */
  readonly ending: 'stop' | 'cancel';
}

const kernel = WebAssembly.compileStreaming(fetch(kernelUrl));

/** A recording of test/fixtures/audio at its own rate, cut to whole quanta. */
export async function recording(name: string, rateHz: number): Promise<Float32Array<ArrayBuffer>> {
  const response = await fetch(new URL(`../fixtures/audio/${name}.flac`, import.meta.url));
  const audio = await new OfflineAudioContext(1, 1, rateHz).decodeAudioData(await response.arrayBuffer());
  const samples = audio.getChannelData(0);
  return samples.slice(0, samples.length - (samples.length % QUANTUM_SAMPLES));
}

/** Renders samples, a whole number of quanta, through the worklet that ships. */
export async function runWorklet(samples: Float32Array<ArrayBuffer>, setup: QuerySetup): Promise<QueryRecord> {
  const { rateHz, overrides, ending } = setup;
  // One quantum more, so that the rendering can be halted after the last one that is heard.
  const context = new OfflineAudioContext(1, samples.length + QUANTUM_SAMPLES, rateHz);
  await context.audioWorklet.addModule(workletUrl);
  const node = new AudioWorkletNode(context, 'ossicle-speech', { processorOptions: { frontEnd: overrides } });
  const delivery = new MessageChannel();
  const toDelivery: FromWorkletToDelivery[] = [];
  const toPage: FromWorkletToPage[] = [];
  delivery.port1.onmessage = (event: MessageEvent<FromWorkletToDelivery>) => toDelivery.push(event.data);
  const heard = new EventTarget();
  node.port.onmessage = (event: MessageEvent<FromWorkletToPage>) => {
    if (event.data.type !== 'level') toPage.push(event.data);
    heard.dispatchEvent(new Event(event.data.type));
  };
  const post = (message: FromPageToWorklet, transfer: Transferable[] = []): void =>
    node.port.postMessage(message, transfer);

  const ready = once(heard, 'ready');
  post({ type: 'connect', port: delivery.port2 }, [delivery.port2]);
  post({ type: 'start', queryId: 1 });
  post({ type: 'kernel', module: await kernel });
  await ready;

  const source = new AudioBufferSourceNode(context, {
    buffer: new AudioBuffer({ length: samples.length, sampleRate: rateHz }),
  });
  source.buffer?.copyToChannel(samples, 0);
  source.connect(node).connect(context.destination);
  source.start();
  const ended = once(heard, 'query-end');
  // Times are rounded up to whole quanta: from within the last one that is heard, to its end.
  const halted = context.suspend((samples.length - QUANTUM_SAMPLES / 2) / rateHz).then(async () => {
    post({ type: ending });
    await ended;
    await context.resume();
  });
  await Promise.all([context.startRendering(), halted]);
  await once(delivery.port1, 'message', () => toDelivery.at(-1)?.type === 'query-end');
  delivery.port1.close();
  return { toDelivery, toPage: toPage.filter(({ type }) => type !== 'ready') };
}

/** Hears the same samples in the page, by the front end alone. */
export async function runFrontEnd(samples: Float32Array, setup: QuerySetup): Promise<QueryRecord> {
  const { rateHz, overrides, ending } = setup;
  const instance = await WebAssembly.instantiate(await kernel, {});
  const toDelivery: FromWorkletToDelivery[] = [];
  const toPage: FromWorkletToPage[] = [];
  const sink: FrontEndSink = {
    frame: () => {},
    speechStart: (message) => void toPage.push(message),
    speechEnd: (message) => void toPage.push(message),
    take: (message) => void toDelivery.push(message),
    commit: (message) => void toDelivery.push(message),
    retract: (message) => void toDelivery.push(message),
    queryEnd: (message) => {
      toDelivery.push(message);
      toPage.push(message);
    },
  };
  const scorer = new KernelScorer(instance.exports as unknown as KernelExports);
  const frontEnd = new FrontEnd(rateHz, scorer, sink, overrides);
  frontEnd.start(1);
  for (let at = 0; at < samples.length; at += QUANTUM_SAMPLES) {
    frontEnd.push(samples.subarray(at, at + QUANTUM_SAMPLES));
  }
  if (ending === 'stop') frontEnd.stop();
  else frontEnd.cancel();
  return { toDelivery, toPage };
}

/** Resolves at the next event of that type after which the condition holds; at once when it holds already. */
function once(target: EventTarget, type: string, isDone?: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (isDone?.() === true) return resolve();
    const listener = (): void => {
      if (isDone?.() === false) return;
      target.removeEventListener(type, listener);
      resolve();
    };
    target.addEventListener(type, listener);
  });
}
