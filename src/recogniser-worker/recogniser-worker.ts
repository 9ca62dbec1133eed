import { expose } from 'comlink';
import bundledOrtWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { env } from 'onnxruntime-web/wasm';
import type { RecogniserConnectMessage } from '../protocol/delivery-messages.ts';
import { Recogniser } from '../recogniser/recogniser.ts';
import { STALL_MS } from './file-download.ts';
import { getModel } from './model-download.ts';
import { openModelStore } from './model-store.ts';
import { ortWasmFault } from './ort-wasm-fault.ts';
import { ortWeb } from './ort-web.ts';
import { RecogniserService } from './recogniser-service.ts';

declare const self: DedicatedWorkerGlobalScope;

/** More threads bring little on a model this small, and the page and the audio thread need cores too. */
const MAXIMUM_THREAD_COUNT = 2;

/** One recogniser for each model, whichever port asks for it. */
const services = new Map<string, RecogniserService>();

// onnxruntime starts its own threads from this very file: they get its messages, none of which is a connect.
self.addEventListener('message', (event: MessageEvent<RecogniserConnectMessage | undefined>) => {
  const message = event.data;
  if (message?.type !== 'connect') return;
  const base = new URL(message.modelBase, self.location.href).href;
  let service = services.get(base);
  if (service === undefined) {
    service = recogniserService(base, message.ortWasmUrl ?? bundledOrtWasmUrl);
    services.set(base, service);
  }
  expose(service, message.port);
});

function recogniserService(base: string, ortWasmUrl: string): RecogniserService {
  return new RecogniserService(async (onProgress) => {
    const files = await getModel(base, {
      fetch: (input, init) => self.fetch(input, init),
      stallMs: STALL_MS,
      store: await openModelStore('caches' in self ? self.caches : undefined),
      subtle: self.crypto.subtle,
      onProgress,
    });
    // Without cross-origin isolation there is no shared memory, hence one thread.
    const threadCount = self.crossOriginIsolated
      ? Math.min(MAXIMUM_THREAD_COUNT, self.navigator.hardwareConcurrency)
      : 1;
    const wasmUrl = new URL(ortWasmUrl, self.location.href).href;
    try {
      return await Recogniser.load(ortWeb({ threadCount, wasmUrl }), files);
    } catch (error) {
      const version = env.versions.web ?? env.versions.common;
      throw (await ortWasmFault(wasmUrl, version, (input, init) => self.fetch(input, init))) ?? error;
    }
  });
}
