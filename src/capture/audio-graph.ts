import { SpeechError, toSpeechError } from '../errors.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import type { FromPageToWorklet } from '../protocol/page-to-worklet.ts';
import type { FromWorkletToPage } from '../protocol/worklet-messages.ts';
import type { Ms } from '../units.ts';
import type { KernelLoader } from './kernel-loader.ts';
import { waitForEvent } from './wait.ts';

/** An audio thread that stood still for so long does not come back. */
const REVIVAL_MS: Ms = 30_000;

/**
 * Microphones that one context hears, one after another, before it is given up: Chromium keeps the source node of every
 * one, and its track, until the context is closed; and of every closed context that had a worklet some kilobytes for good.
 */
const ATTACH_LIMIT = 20;

/** What every graph is made of. */
export interface GraphParts {
  readonly workletUrl: string;
  readonly kernel: KernelLoader;
  readonly frontEnd: FrontEndOverrides;
  /** Gives the port over which the worklet posts its segments; called once per graph. */
  readonly makeDeliveryPort: () => MessagePort;
}

/** Who hears a graph. */
export interface GraphListener {
  message(message: FromWorkletToPage): void;
  /** The context began or ceased to run. */
  running(isRunning: boolean): void;
  /** The worklet broke off; another one may run. */
  died(error: SpeechError): void;
  /** A part of it cannot run. */
  broken(error: SpeechError): void;
}

/** One AudioContext with the worklet in it, and the microphone that is connected to it. */
export class AudioGraph {
  readonly #context: AudioContext;
  readonly #node: Promise<AudioWorkletNode>;
  readonly #messages = new EventTarget();
  #source: MediaStreamAudioSourceNode | undefined;
  #levelCount = 0;
  #attachCount = 0;

  constructor(parts: GraphParts, listener: GraphListener, context: AudioContext) {
    this.#context = context;
    context.addEventListener('statechange', () => listener.running(context.state === 'running'));
    this.#node = this.#makeNode(parts, listener);
    // Whoever waits for it hears of it.
    this.#node.catch(() => undefined);
  }

  /** Position of the audio clock. */
  get audioMs(): Ms {
    return this.#context.currentTime * 1000;
  }

  /** Level messages that came so far. */
  get levelCount(): number {
    return this.#levelCount;
  }

  get isClosed(): boolean {
    return this.#context.state === 'closed';
  }

  /** True when the next query is better heard by a new graph. */
  get isWornOut(): boolean {
    return this.#attachCount >= ATTACH_LIMIT;
  }

  get isRunning(): boolean {
    return this.#context.state === 'running';
  }

  /** @throws SpeechError `assets` when the worklet's script cannot be fetched. */
  async ready(): Promise<void> {
    await this.#node;
  }

  /** Connects a microphone; call it after {@link AudioGraph.ready}. */
  async attach(stream: MediaStream): Promise<void> {
    this.detach();
    this.#attachCount++;
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(await this.#node);
  }

  detach(): void {
    this.#source?.disconnect();
    this.#source = undefined;
  }

  post(message: FromPageToWorklet): void {
    this.#node.then((node) => node.port.postMessage(message)).catch(() => undefined);
  }

  /** Waits for the worklet's next message of that type, for so long at most. @returns False when it did not come. */
  hears(type: FromWorkletToPage['type'], withinMs: Ms, signal: AbortSignal): Promise<boolean> {
    return waitForEvent(this.#messages, type, withinMs, signal);
  }

  /** Settles when the context runs; never where the browser or the system does not let it. */
  async resume(): Promise<void> {
    await this.#context.resume();
  }

  suspend(): void {
    if (this.#context.state === 'running') void this.#context.suspend();
  }

  /** Gives everything back; the worklet says no more. */
  async close(): Promise<void> {
    this.detach();
    this.post({ type: 'close' });
    if (!this.isClosed) await this.#context.close();
  }

  /**
   * Closes the graph as soon as its worklet, whose clock stands still, has posted what it holds; else gives it up.
   *
   * @param answer What the worklet was told to say then.
   * @param signal Gives it up at once.
   * @returns False when it was given up.
   */
  async retire(answer: 'paused' | 'query-end', signal: AbortSignal): Promise<boolean> {
    this.detach();
    const hasAnswered = await this.hears(answer, REVIVAL_MS, signal);
    await this.close();
    return hasAnswered;
  }

  async #makeNode(parts: GraphParts, listener: GraphListener): Promise<AudioWorkletNode> {
    const context = this.#context;
    try {
      await context.audioWorklet.addModule(parts.workletUrl);
    } catch (cause) {
      throw new SpeechError('assets', 'The audio processor could not be loaded.', { cause });
    }
    const node = new AudioWorkletNode(context, 'ossicle-speech', {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [1],
      processorOptions: { frontEnd: parts.frontEnd },
    });
    node.port.onmessage = ({ data }: MessageEvent<FromWorkletToPage>) => {
      if (data.type === 'level') this.#levelCount++;
      listener.message(data);
      this.#messages.dispatchEvent(new Event(data.type));
    };
    node.onprocessorerror = () => listener.died(new SpeechError('internal', 'The audio processor broke off.'));
    const port = parts.makeDeliveryPort();
    node.port.postMessage({ type: 'connect', port } satisfies FromPageToWorklet, [port]);
    // Nodes without a way to the destination are not run; what this one puts out is silence.
    node.connect(context.destination);
    parts.kernel.load().then(
      (module) => node.port.postMessage({ type: 'kernel', module } satisfies FromPageToWorklet),
      (error: unknown) => listener.broken(toSpeechError(error, 'assets')),
    );
    return node;
  }
}
