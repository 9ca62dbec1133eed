import { Worker } from 'node:worker_threads';
import type { Ms } from '../units.ts';
import { RefusedRequest } from './openai-error.ts';
import type {
  FromPredictWorker,
  PredictedSegment,
  Prediction,
  PredictWorkerSettings,
  ToPredictWorker,
} from './predict-messages.ts';

/** What a thread tells its pool. */
export interface PredictThreadEvents {
  /** Its networks are loaded. */
  ready(): void;
  /** It is gone, by a crash, a failed start or an unasked-for exit; told once, not after `close()`. */
  ended(reason: string): void;
}

/** How a finished job is handed on. */
export type Settle = (resolve: (prediction: Prediction) => void, reject: (reason: unknown) => void) => void;

/** A thread that still loads its networks, or runs the longest step on the longest clip, leaves sooner. */
const CLOSE_PATIENCE_MS: Ms = 5_000;

interface RunningJob {
  readonly id: number;
  readonly onSegment: ((segment: PredictedSegment) => void) | undefined;
  readonly done: (settle: Settle) => void;
}

/** One recogniser on a thread of its own; runs one job at a time. */
export class PredictThread {
  readonly #worker: Worker;
  readonly #events: PredictThreadEvents;
  readonly #exited: Promise<void>;
  #job: RunningJob | undefined;
  #nextJobId = 1;
  #isReady = false;
  #isEnded = false;

  constructor(workerUrl: URL, settings: PredictWorkerSettings, events: PredictThreadEvents) {
    this.#events = events;
    this.#worker = new Worker(workerUrl, { workerData: settings, name: 'predict' });
    this.#worker.on('message', (message: FromPredictWorker) => this.#take(message));
    this.#worker.on('error', (error) => this.#end(error.message));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#end(`its thread exited with code ${code}.`);
        resolve();
      });
    });
  }

  /** True once its networks were loaded; stays true after its end. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Starts a job; `done` is called once unless the thread ends first. The clip is copied. */
  run(
    request: {
      readonly clip: Uint8Array<ArrayBuffer>;
      readonly isCut: boolean;
      readonly onSegment?: (segment: PredictedSegment) => void;
    },
    done: (settle: Settle) => void,
  ): void {
    const id = this.#nextJobId++;
    this.#job = { id, onSegment: request.onSegment, done };
    this.#post({ type: 'predict', jobId: id, clip: request.clip, isCut: request.isCut });
  }

  /** Asks the running job to stop early; `done` is still called. */
  abort(): void {
    if (this.#job !== undefined) this.#post({ type: 'abort', jobId: this.#job.id });
  }

  /** Drops what runs and ends silently. Idempotent. */
  async close(): Promise<void> {
    this.#isEnded = true;
    this.#post({ type: 'close' });
    // A thread that is terminated inside onnxruntime brings the whole process down, so it is asked to leave first.
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_PATIENCE_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #post(message: ToPredictWorker): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromPredictWorker): void {
    if (this.#isEnded) return;
    if (message.type === 'ready') {
      this.#isReady = true;
      this.#events.ready();
      return;
    }
    if (message.type === 'start-fault') {
      this.#end(message.message);
      return;
    }
    if (this.#job?.id !== message.jobId) return;
    const job = this.#job;
    if (message.type === 'segment') {
      job.onSegment?.(message.segment);
      return;
    }
    this.#job = undefined;
    job.done((resolve, reject) => {
      if (message.type === 'result') resolve(message.prediction);
      else if (message.type === 'refused') reject(new RefusedRequest(message.refusal));
      else reject(new RefusedRequest({ status: 500, message: message.message, code: 'recogniser_failed' }));
    });
  }

  #end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#events.ended(reason);
  }
}
