import { proxy, type Remote, transfer, wrap } from 'comlink';
import { SpeechError } from '../errors.ts';
import type { RecogniserApi, RecogniserConnectMessage } from '../protocol/delivery-messages.ts';
import type { WorkerAssets } from './assets.ts';
import { deleteStoredModel, storedModelBytes } from './stored-model.ts';
import { trustedScript } from './trusted-script.ts';

/** The page's end of the on-device recogniser: starts its worker when it is first asked for. */
export class RecogniserLink {
  readonly #workerUrl: string;
  readonly #modelBase: string;
  readonly #ortWasmUrl: string | undefined;
  #worker: Worker | undefined;
  #api: Remote<RecogniserApi> | undefined;
  /** Aborted when the worker is stopped: it answers nothing any more. */
  #stopped = new AbortController();

  /** @param ortWasmUrl Where onnxruntime's WebAssembly lies; undefined: where the build put it. */
  constructor(assets: WorkerAssets, modelBase: string, ortWasmUrl: string | undefined) {
    this.#workerUrl = assets.recogniserWorkerUrl;
    this.#modelBase = modelBase;
    this.#ortWasmUrl = ortWasmUrl;
  }

  /** A new port on which the recogniser answers. @throws SpeechError `unsupported` where workers are forbidden. */
  port(): MessagePort {
    const channel = new MessageChannel();
    const message: RecogniserConnectMessage = {
      type: 'connect',
      port: channel.port1,
      modelBase: this.#modelBase,
      ...(this.#ortWasmUrl === undefined ? {} : { ortWasmUrl: this.#ortWasmUrl }),
    };
    this.#start().postMessage(message, [channel.port1]);
    return channel.port2;
  }

  /**
   * Downloads the model, or takes it from the browser's cache, and starts it.
   *
   * @throws SpeechError `recogniser` with the reason.
   */
  async load(onProgress: (loadedBytes: number, totalBytes: number) => void): Promise<void> {
    this.#api ??= wrap<RecogniserApi>(this.port());
    const { signal } = this.#stopped;
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      await Promise.race([this.#api.load(proxy(onProgress)), stopped]);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SpeechError('recogniser', `The recogniser on this device could not be started: ${reason}`, { cause });
    }
  }

  /**
   * Recognises a clip, loading the model first if need be.
   *
   * @param pcm16 Mono at 16 kHz; transferred.
   * @throws SpeechError as {@link RecogniserLink.load}, and when the clip cannot be recognised.
   */
  async transcribe(pcm16: Int16Array<ArrayBuffer>): Promise<string> {
    await this.load(() => undefined);
    const answer = await this.#api?.transcribe(transfer(pcm16, [pcm16.buffer]));
    if (answer === undefined)
      throw new SpeechError('recogniser', 'The recogniser on this device was deleted meanwhile.');
    return answer.text;
  }

  /** Bytes of the model, or of what was downloaded of it, that the browser keeps. */
  async storedBytes(): Promise<number> {
    return await storedModelBytes(this.#modelBase);
  }

  /** Stops the recogniser and deletes its files; a download under way fails. */
  async delete(): Promise<void> {
    this.close();
    await deleteStoredModel(this.#modelBase);
  }

  close(): void {
    this.#stopped.abort(new Error('it was deleted or closed'));
    this.#stopped = new AbortController();
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#api = undefined;
  }

  #start(): Worker {
    try {
      this.#worker ??= new Worker(trustedScript(this.#workerUrl), { type: 'module', name: 'ossicle-recogniser' });
      return this.#worker;
    } catch (cause) {
      throw new SpeechError('unsupported', 'This page may not start the worker that recognises on the device.', {
        cause,
      });
    }
  }
}
