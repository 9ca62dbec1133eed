import { mixToMono } from '../dsp/mix.ts';
import { FrontEnd } from '../front-end/front-end.ts';
import type { FrontEndSink } from '../front-end/front-end-sink.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import type { FromPageToWorklet } from '../protocol/page-to-worklet.ts';
import type {
  CommitMessage,
  FromWorkletToDelivery,
  FromWorkletToPage,
  QueryEndMessage,
  RetractMessage,
  SpeechEndMessage,
  SpeechStartMessage,
  TakeMessage,
} from '../protocol/worklet-messages.ts';
import { type KernelExports, KernelScorer } from '../vad/kernel-scorer.ts';
import { InputWatch } from './input-watch.ts';
import { LevelReporter } from './level-reporter.ts';

/** Most samples that any quantum has: Web Audio renders 128 today, and may let pages choose more. */
const MAX_QUANTUM_SAMPLES = 4_096;
const NOTHING = new Float32Array(0);

/** What the page hands over when it makes the node. */
interface SpeechProcessorOptions {
  readonly processorOptions?: { readonly frontEnd?: FrontEndOverrides };
}

/** The audio thread's end of the pipeline: hands samples to the front end and its findings to page and delivery worker. */
class SpeechProcessor extends AudioWorkletProcessor implements FrontEndSink {
  readonly #frontEnd: FrontEnd;
  readonly #levels = new LevelReporter(sampleRate);
  readonly #watch = new InputWatch(sampleRate);
  #mono = new Float32Array(MAX_QUANTUM_SAMPLES);
  #quantum: Float32Array = this.#mono.subarray(0, 128);
  #delivery: MessagePort | undefined;
  #queryId = 0;
  #isPauseAsked = false;
  #isClosed = false;

  constructor(options?: SpeechProcessorOptions) {
    super();
    this.#frontEnd = new FrontEnd(sampleRate, undefined, this, options?.processorOptions?.frontEnd);
    this.port.onmessage = (event: MessageEvent<FromPageToWorklet>) => this.#receive(event.data);
  }

  /** @realtime */
  process(inputs: Float32Array[][]): boolean {
    if (this.#isClosed) return false;
    const channels = inputs[0];
    const count = channels?.[0]?.length ?? 0;
    if (!this.#frontEnd.isActive || this.#frontEnd.isPaused) return true;
    if (channels === undefined || count === 0) {
      this.#frontEnd.reportMissing(this.#watch.push(NOTHING, currentFrame, this.#quantum.length));
    } else {
      if (count !== this.#quantum.length) this.#resize(count);
      mixToMono(channels, this.#quantum);
      this.#frontEnd.reportMissing(this.#watch.push(this.#quantum, currentFrame, count));
      this.#frontEnd.push(this.#quantum);
      const level = this.#levels.push(this.#quantum);
      if (level !== undefined) this.#toPage(level);
    }
    const fault = this.#watch.check();
    if (fault !== undefined) this.#toPage(fault);
    return true;
  }

  /** @realtime */
  frame(score: Float64Array): void {
    this.#levels.hearScore(score);
  }

  speechStart(message: SpeechStartMessage): void {
    this.#toPage(message);
  }

  speechEnd(message: SpeechEndMessage): void {
    this.#toPage(message);
  }

  take(message: TakeMessage): void {
    this.#toDelivery(message, [message.pcm16.buffer]);
  }

  commit(message: CommitMessage): void {
    this.#toDelivery(message);
  }

  retract(message: RetractMessage): void {
    this.#toDelivery(message);
  }

  queryEnd(message: QueryEndMessage): void {
    this.#toDelivery(message);
    this.#toPage(message);
  }

  #receive(message: FromPageToWorklet): void {
    switch (message.type) {
      case 'connect':
        this.#delivery?.close();
        this.#delivery = message.port;
        return;
      case 'kernel':
        this.#startKernel(message);
        return;
      case 'start':
        this.#levels.reset();
        this.#watch.reset();
        this.#queryId = message.queryId;
        this.#isPauseAsked = false;
        this.#frontEnd.start(message.queryId, message);
        return;
      case 'ends':
        this.#frontEnd.setEnds(message.ends);
        return;
      case 'pause':
        this.#isPauseAsked = true;
        this.#frontEnd.pause(message.end);
        this.#answerPause();
        return;
      case 'resume':
        this.#watch.reset();
        this.#isPauseAsked = false;
        this.#frontEnd.resume(message.startSample);
        return;
      case 'stop':
        this.#frontEnd.stop();
        return;
      case 'cancel':
        this.#frontEnd.cancel();
        return;
      case 'close':
        this.#delivery?.close();
        this.#isClosed = true;
        return;
    }
  }

  /** Says that the pause has begun, once all that was heard before is posted. */
  #answerPause(): void {
    if (!this.#isPauseAsked || !this.#frontEnd.isPaused) return;
    this.#isPauseAsked = false;
    const { lastSegmentId, segmentCount } = this.#frontEnd;
    this.#toPage({ type: 'paused', queryId: this.#queryId, lastSegmentId, segmentCount });
  }

  #startKernel(message: Extract<FromPageToWorklet, { type: 'kernel' }>): void {
    try {
      // WebKit may refuse to post a Module; then the bytes come, and compiling them takes a few milliseconds once.
      const module = message.module ?? new WebAssembly.Module(message.bytes ?? new ArrayBuffer(0));
      const { exports } = new WebAssembly.Instance(module, {});
      this.#frontEnd.setScorer(new KernelScorer(exports as unknown as KernelExports));
      this.#toPage({ type: 'ready', deviceRateHz: sampleRate });
      this.#answerPause();
    } catch (error) {
      this.#toPage({
        type: 'fault',
        code: 'assets',
        message: `The speech detector could not start: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }

  #resize(count: number): void {
    if (count > this.#mono.length) this.#mono = new Float32Array(count);
    this.#quantum = this.#mono.subarray(0, count);
  }

  #toPage(message: FromWorkletToPage): void {
    this.port.postMessage(message);
  }

  #toDelivery(message: FromWorkletToDelivery, transfer: Transferable[] = []): void {
    this.#delivery?.postMessage(message, transfer);
  }
}

registerProcessor('ossicle-speech', SpeechProcessor);
