import { SpeechError, toSpeechError } from '../errors.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import type { FromPageToWorklet } from '../protocol/page-to-worklet.ts';
import type { FromWorkletToPage } from '../protocol/worklet-messages.ts';
import type { Ms } from '../units.ts';
import type { CaptureAssets } from './assets.ts';
import { KernelLoader } from './kernel-loader.ts';
import { closeMicrophone, openMicrophone } from './microphone.ts';

/** A press of "stop" right after the last word: what is still on its way through the device is heard, too. */
const STOP_GRACE_MS: Ms = 100;
/** Audio that has not begun to flow by then will not. */
const FLOW_DEADLINE_MS: Ms = 6_000;

/** Who hears what happens to the microphone. */
export interface CaptureListener {
  /** A message of the worklet. */
  message(message: FromWorkletToPage): void;
  /** The microphone is granted; audio is about to flow. */
  granted(): void;
  /** The system took the audio away, or gave it back. */
  interrupted(isInterrupted: boolean): void;
  /** The microphone ended while it was listening. */
  lost(error: SpeechError): void;
}

/** The microphone and the audio thread: the only user of getUserMedia and AudioContext. */
export class Capture {
  readonly #workletUrl: string;
  readonly #kernel: KernelLoader;
  readonly #listener: CaptureListener;
  readonly #frontEnd: FrontEndOverrides;
  readonly #makeDeliveryPort: () => MessagePort;
  #context: AudioContext | undefined;
  #node: Promise<AudioWorkletNode> | undefined;
  #stream: MediaStream | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #session: AbortController | undefined;
  #onFlow: (() => void) | undefined;
  #onQueryEnd: (() => void) | undefined;

  /** @param makeDeliveryPort Gives the port over which a new worklet posts its segments; called once per worklet. */
  constructor(
    assets: CaptureAssets,
    listener: CaptureListener,
    frontEnd: FrontEndOverrides,
    makeDeliveryPort: () => MessagePort,
  ) {
    this.#workletUrl = assets.workletUrl;
    this.#kernel = new KernelLoader(assets.kernelUrl);
    this.#listener = listener;
    this.#frontEnd = frontEnd;
    this.#makeDeliveryPort = makeDeliveryPort;
  }

  /** Fetches what the press will need; no AudioContext yet, because browsers allow one only after a gesture. */
  async warm(): Promise<void> {
    await Promise.all([this.#kernel.load(), fetch(this.#workletUrl).then((response) => response.arrayBuffer())]);
  }

  /**
   * Opens the microphone and begins a query; call it from a user's gesture.
   *
   * @returns When audio flows.
   * @throws SpeechError for what hinders it; the signal's reason when it is aborted.
   */
  async open(queryId: number, signal: AbortSignal): Promise<void> {
    const session = new AbortController();
    this.#session = session;
    const either = AbortSignal.any([signal, session.signal]);
    try {
      // The context is made first and at once: only so does it count as part of the user's gesture.
      const node = this.#ensureNode();
      const stream = await openMicrophone(either);
      this.#stream = stream;
      this.#listener.granted();
      await this.#connect(await node, stream, queryId, either);
    } catch (error) {
      const wasAborted = either.aborted;
      this.#release();
      if (wasAborted) throw either.reason;
      throw toSpeechError(error, 'internal');
    }
  }

  /** Ends the query, flushing what is open, and closes the microphone. Resolves when the worklet has posted it all. */
  async stop(): Promise<void> {
    const session = this.#session;
    if (this.#stream === undefined || session === undefined) return this.cancel();
    const ended = new Promise<void>((resolve) => {
      this.#onQueryEnd = resolve;
    });
    await delay(STOP_GRACE_MS, session.signal);
    this.#post({ type: 'stop' });
    await Promise.race([ended, delay(1_000, session.signal)]);
    if (this.#session === session) this.#release();
  }

  /** Closes the microphone at once and drops what is open. */
  cancel(): void {
    this.#post({ type: 'cancel' });
    this.#release();
  }

  /** Gives everything back; the instance cannot be used again. */
  async close(): Promise<void> {
    this.#post({ type: 'close' });
    this.#release();
    const context = this.#context;
    this.#context = undefined;
    this.#node = undefined;
    if (context !== undefined && context.state !== 'closed') await context.close();
  }

  /** Asks the system to give an interrupted context back; needs a user's gesture on some phones. */
  async resume(): Promise<void> {
    await this.#context?.resume();
  }

  /** The query ended by itself in the worklet: the microphone is closed. */
  release(): void {
    this.#release();
  }

  #ensureNode(): Promise<AudioWorkletNode> {
    if (this.#context?.state === 'closed') {
      this.#context = undefined;
      this.#node = undefined;
    }
    if (this.#context === undefined) {
      const context = new AudioContext({ latencyHint: 'interactive' });
      this.#context = context;
      context.addEventListener('statechange', () => this.#hearContextState(context));
    }
    void this.#context.resume();
    this.#node ??= this.#makeNode(this.#context);
    const node = this.#node;
    node.catch(() => {
      // A script that could not be fetched is fetched again at the next press.
      if (this.#node === node) this.#node = undefined;
    });
    return node;
  }

  async #makeNode(context: AudioContext): Promise<AudioWorkletNode> {
    try {
      await context.audioWorklet.addModule(this.#workletUrl);
    } catch (cause) {
      throw new SpeechError('assets', 'The audio processor could not be loaded.', { cause });
    }
    const node = new AudioWorkletNode(context, 'ossicle-speech', {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [1],
      processorOptions: { frontEnd: this.#frontEnd },
    });
    node.port.onmessage = (event: MessageEvent<FromWorkletToPage>) => this.#receive(event.data);
    const port = this.#makeDeliveryPort();
    node.port.postMessage({ type: 'connect', port } satisfies FromPageToWorklet, [port]);
    // Nodes without a way to the destination are not run; what this one puts out is silence.
    node.connect(context.destination);
    this.#sendKernel(node);
    return node;
  }

  #sendKernel(node: AudioWorkletNode): void {
    this.#kernel.load().then(
      (module) => node.port.postMessage({ type: 'kernel', module } satisfies FromPageToWorklet),
      (error: unknown) => this.#fail(toSpeechError(error, 'assets')),
    );
  }

  async #connect(node: AudioWorkletNode, stream: MediaStream, queryId: number, signal: AbortSignal): Promise<void> {
    const context = this.#context;
    if (context === undefined) throw new SpeechError('internal', 'The audio context was closed while it was opened.');
    signal.throwIfAborted();
    const flows = new Promise<void>((resolve) => {
      this.#onFlow = resolve;
    });
    const track = stream.getAudioTracks()[0];
    track?.addEventListener('ended', () => this.#fail(new SpeechError('lost', 'The microphone was disconnected.')), {
      signal: this.#sessionSignal(),
    });
    await context.resume();
    signal.throwIfAborted();
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(node);
    node.port.postMessage({ type: 'start', queryId } satisfies FromPageToWorklet);
    const late = delay(FLOW_DEADLINE_MS, signal).then(() => {
      throw new SpeechError('starved', `No audio came from the microphone within ${FLOW_DEADLINE_MS / 1000} s.`);
    });
    await Promise.race([flows, late]);
    signal.throwIfAborted();
  }

  #receive(message: FromWorkletToPage): void {
    if (message.type === 'level') {
      this.#onFlow?.();
      this.#onFlow = undefined;
    }
    if (message.type === 'query-end') {
      this.#onQueryEnd?.();
      this.#onQueryEnd = undefined;
    }
    this.#listener.message(message);
  }

  #hearContextState(context: AudioContext): void {
    if (context !== this.#context || this.#stream === undefined) return;
    // iOS has its own state for a call or Siri, which TypeScript's DOM types do not know yet.
    this.#listener.interrupted(context.state !== 'running');
  }

  #fail(error: SpeechError): void {
    if (this.#session === undefined) return;
    this.#listener.lost(error);
  }

  #sessionSignal(): AbortSignal {
    return this.#session?.signal ?? AbortSignal.abort();
  }

  #post(message: FromPageToWorklet): void {
    void this.#node?.then((node) => node.port.postMessage(message)).catch(() => undefined);
  }

  #release(): void {
    this.#session?.abort();
    this.#session = undefined;
    this.#onFlow = undefined;
    this.#onQueryEnd = undefined;
    this.#source?.disconnect();
    this.#source = undefined;
    if (this.#stream !== undefined) closeMicrophone(this.#stream);
    this.#stream = undefined;
    const context = this.#context;
    if (context?.state === 'running') void context.suspend();
  }
}

/** Waits; ends early, without an error, when the signal is aborted. */
function delay(ms: Ms, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
