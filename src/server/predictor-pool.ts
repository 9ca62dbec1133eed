import { availableParallelism } from 'node:os';
import type { Ms, Seconds } from '../units.ts';
import { RefusedRequest } from './openai-error.ts';
import type { PredictedSegment, Prediction, PredictWorkerSettings } from './predict-messages.ts';
import { PredictThread } from './predict-thread.ts';
import type { RefusalCode } from './refusal-codes.ts';
import { WaitEstimate } from './wait-estimate.ts';

/** A clip to recognise. */
export interface PredictRequest {
  /** A whole audio file; must not be changed until the promise settles. */
  readonly clip: Uint8Array<ArrayBuffer>;
  /** True when the clip is one finished segment of the front end and must not be cut again. */
  readonly isCut: boolean;
  /** Time in which the answer is of use; one that is expected to be later is refused at once. No limit by default. */
  readonly deadlineMs?: Ms;
  /** Called for each segment as it is recognised, in order. */
  readonly onSegment?: (segment: PredictedSegment) => void;
}

/** Recognises clips. */
export interface Predictor {
  /**
   * Refuses early what {@link predict} would refuse whatever the clip, so that shedding load costs next to nothing.
   *
   * @param deadlineMs Time in which the answer is of use.
   * @throws RefusedRequest 429 when the queue is full or too slow for the deadline, 503 when there is no recogniser.
   */
  requireRoom(deadlineMs?: Ms): void;
  /**
   * @param signal Drops the work, queued or running.
   * @throws RefusedRequest for a clip at fault (4xx), a full queue (429) or a recogniser that failed (5xx).
   */
  predict(request: PredictRequest, signal?: AbortSignal): Promise<Prediction>;
}

/** Why a clip was refused to keep the others fast. */
export type ShedReason = 'queue_full' | 'deadline_out_of_reach';

/** Told what a pool does; holds neither audio nor text. */
export interface PoolObserver {
  /** A clip was recognised; `runMs` is its time on a thread, after `waitMs` in the queue. */
  recognised(clip: {
    readonly audioSeconds: Seconds;
    readonly waitMs: Ms;
    readonly runMs: Ms;
    readonly hasSpeech: boolean;
  }): void;
  /** A clip was refused with 429. */
  shed(reason: ShedReason): void;
  /** A clip was dropped, queued or running, because nobody waits for its answer. */
  dropped(): void;
}

/** Shape of a {@link PredictorPool}. */
export interface PredictorPoolOptions {
  /** The predict worker as a JavaScript module. */
  readonly workerUrl: URL;
  /** Handed to every predict worker. */
  readonly settings: PredictWorkerSettings;
  /** Recognisers that run at a time, each on one core; 1 or more. */
  readonly threadCount: number;
  /** Clips that may wait. Longer refuses fewer bursts; shorter bounds how long an accepted clip waits. */
  readonly queueLimit: number;
  /** Monotonic clock. */
  readonly nowMs: () => Ms;
  readonly observer?: PoolObserver;
}

/** Clips that may wait for each thread: at about 90 ms a 3 s clip they wait less than half a second. */
export const QUEUE_LIMIT_PER_THREAD = 4;

/** As many recognisers as there are cores, at most 8: each holds its own networks in memory. */
export function defaultThreadCount(): number {
  return Math.min(availableParallelism(), 8);
}

/** Starts in a row that may fail before the pool gives up instead of starting threads for ever. */
const START_ATTEMPTS = 3;

/** A crash may be the machine's doing once; a clip that brings two threads down is not tried again. */
const CRASH_LIMIT = 2;

interface Job {
  readonly request: PredictRequest;
  readonly queuedAtMs: Ms;
  startedAtMs: Ms;
  isDropped: boolean;
  crashCount: number;
  readonly resolve: (prediction: Prediction) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Recognisers on threads of their own behind one bounded queue: first come, first served, the newest refused when full.
 *
 * A thread that dies is replaced and its clip is tried once more.
 */
export class PredictorPool implements Predictor {
  /** Settles when every thread is ready, or rejects when they cannot be started. */
  readonly ready: Promise<void>;
  readonly #options: PredictorPoolOptions;
  readonly #threads = new Set<PredictThread>();
  readonly #jobs = new Map<PredictThread, Job>();
  readonly #queue: Job[] = [];
  readonly #settleReady: { resolve: () => void; reject: (reason: unknown) => void };
  #failedStartCount = 0;
  #failure: string | undefined;
  #phase: 'open' | 'draining' | 'closed' = 'open';
  readonly #estimate = new WaitEstimate();
  #onIdle: (() => void) | undefined;

  constructor(options: PredictorPoolOptions) {
    this.#options = options;
    let settle: { resolve: () => void; reject: (reason: unknown) => void } | undefined;
    this.ready = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settleReady = settle!;
    // A caller that never looks at `ready` learns of the failure with its first clip.
    this.ready.catch(() => {});
    for (let i = 0; i < options.threadCount; i++) this.#startThread();
  }

  /** Undefined while recognisers run or start; else why there are none. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** True when at least one recogniser is loaded and clips are taken. */
  get isReady(): boolean {
    return this.#phase === 'open' && this.readyThreadCount > 0;
  }

  /** Recognisers that are loaded. */
  get readyThreadCount(): number {
    return [...this.#threads].filter((thread) => thread.isReady).length;
  }

  /** Clips that wait and clips that are being recognised. */
  get load(): { readonly queuedCount: number; readonly runningCount: number } {
    return { queuedCount: this.#queue.length, runningCount: this.#jobs.size };
  }

  /** Expected time until a thread takes a clip that comes now. */
  get expectedWaitMs(): Ms {
    const nowMs = this.#options.nowMs();
    return this.#estimate.waitMs({
      threadCount: this.#threads.size,
      runningForMs: [...this.#jobs.values()].map((job) => nowMs - job.startedAtMs),
      queuedCount: this.#queue.length,
    });
  }

  requireRoom(deadlineMs: Ms = Number.POSITIVE_INFINITY): void {
    if (this.#phase !== 'open') throw unavailable('The server is stopping.', 'stopping');
    if (this.#failure !== undefined) throw unavailable(this.#failure, 'recogniser_unavailable');
    if (this.#idleThread() !== undefined) return;
    const waitMs = this.expectedWaitMs;
    if (this.#queue.length >= this.#options.queueLimit) throw this.#queueFull(waitMs);
    const readyMs = waitMs + this.#estimate.meanRunMs;
    // With nobody in front, the estimate is put to the test instead of believed.
    if (waitMs > 0 && readyMs > deadlineMs) throw this.#tooLate(readyMs, deadlineMs);
  }

  predict(request: PredictRequest, signal?: AbortSignal): Promise<Prediction> {
    return new Promise<Prediction>((resolve, reject) => {
      signal?.throwIfAborted();
      this.requireRoom(request.deadlineMs);
      const drop = (): void => {
        this.#drop(job);
        reject(signal?.reason);
      };
      const job: Job = {
        request,
        queuedAtMs: this.#options.nowMs(),
        startedAtMs: 0,
        isDropped: false,
        crashCount: 0,
        resolve: (prediction) => {
          signal?.removeEventListener('abort', drop);
          resolve(prediction);
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', drop);
          reject(reason);
        },
      };
      signal?.addEventListener('abort', drop, { once: true });
      this.#queue.push(job);
      this.#dispatch();
    });
  }

  /** Takes no more clips, finishes those it has, then ends the threads. Idempotent. */
  async drain(): Promise<void> {
    if (this.#phase === 'open') this.#phase = 'draining';
    if (this.#phase === 'draining' && (this.#queue.length > 0 || this.#jobs.size > 0)) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.close();
  }

  /** Drops what waits or runs, refusing it with 503, and ends the threads. Idempotent. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    const refusal = unavailable('The server stopped before this clip was recognised.', 'stopping');
    for (const job of [...this.#queue.splice(0), ...this.#jobs.values()]) job.reject(refusal);
    this.#jobs.clear();
    this.#noteIdle();
    this.#settleReady.reject(new Error('The predictor pool was closed before it was ready.'));
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #startThread(): void {
    const thread: PredictThread = new PredictThread(this.#options.workerUrl, this.#options.settings, {
      ready: () => {
        this.#failedStartCount = 0;
        if ([...this.#threads].every((each) => each.isReady)) this.#settleReady.resolve();
        this.#dispatch();
      },
      ended: (reason) => this.#threadEnded(thread, reason),
    });
    this.#threads.add(thread);
  }

  #threadEnded(thread: PredictThread, reason: string): void {
    this.#threads.delete(thread);
    const job = this.#jobs.get(thread);
    this.#jobs.delete(thread);
    if (this.#phase === 'closed') return;
    if (job !== undefined) this.#jobLostItsThread(job);
    if (!thread.isReady) this.#failedStartCount += 1;
    if (this.#failedStartCount < START_ATTEMPTS) {
      this.#startThread();
    } else if (this.#threads.size === 0) {
      this.#failure = `The recogniser could not be started: ${reason}`;
      this.#settleReady.reject(new Error(this.#failure));
      for (const waiting of this.#queue.splice(0)) waiting.reject(unavailable(this.#failure, 'recogniser_unavailable'));
    }
    this.#noteIdle();
  }

  #jobLostItsThread(job: Job): void {
    job.crashCount += 1;
    if (job.crashCount < CRASH_LIMIT) {
      this.#queue.unshift(job);
      return;
    }
    job.reject(
      new RefusedRequest({
        status: 500,
        message: 'The recogniser crashed twice on this clip. Another clip may be sent at once.',
        code: 'recogniser_crashed',
      }),
    );
  }

  #idleThread(): PredictThread | undefined {
    for (const thread of this.#threads) if (thread.isReady && !this.#jobs.has(thread)) return thread;
    return undefined;
  }

  #dispatch(): void {
    for (;;) {
      const thread = this.#queue.length > 0 ? this.#idleThread() : undefined;
      const job = thread === undefined ? undefined : this.#queue.shift();
      if (thread === undefined || job === undefined) return;
      this.#jobs.set(thread, job);
      job.startedAtMs = this.#options.nowMs();
      thread.run(job.request, (settle) => {
        this.#jobs.delete(thread);
        settle((prediction) => {
          this.#noteRecognised(job, prediction);
          job.resolve(prediction);
        }, job.reject);
        this.#dispatch();
        this.#noteIdle();
      });
    }
  }

  #noteRecognised(job: Job, prediction: Prediction): void {
    if (job.isDropped) return;
    const runMs = this.#options.nowMs() - job.startedAtMs;
    this.#estimate.learn(runMs);
    this.#options.observer?.recognised({
      audioSeconds: prediction.durationSeconds,
      waitMs: job.startedAtMs - job.queuedAtMs,
      runMs,
      hasSpeech: prediction.segments.length > 0,
    });
  }

  #drop(job: Job): void {
    job.isDropped = true;
    this.#options.observer?.dropped();
    const place = this.#queue.indexOf(job);
    if (place >= 0) this.#queue.splice(place, 1);
    for (const [thread, running] of this.#jobs) if (running === job) thread.abort();
    this.#noteIdle();
  }

  #noteIdle(): void {
    if (this.#queue.length === 0 && this.#jobs.size === 0) this.#onIdle?.();
  }

  #queueFull(waitMs: Ms): RefusedRequest {
    const message = `All recognisers are busy and ${this.#queue.length} clips wait. Send the clip again after Retry-After.`;
    return this.#shed('queue_full', message, waitMs);
  }

  #tooLate(readyMs: Ms, deadlineMs: Ms): RefusedRequest {
    const message = `The text is expected in ${Math.ceil(readyMs)} ms, after the deadline of ${Math.floor(deadlineMs)} ms. Send the clip again after Retry-After.`;
    return this.#shed('deadline_out_of_reach', message, readyMs - deadlineMs);
  }

  #shed(reason: ShedReason, message: string, waitMs: Ms): RefusedRequest {
    this.#options.observer?.shed(reason);
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    return new RefusedRequest({ status: 429, message, code: reason, retryAfterSeconds });
  }
}

function unavailable(message: string, code: RefusalCode): RefusedRequest {
  return new RefusedRequest({ status: 503, message, code, retryAfterSeconds: 1 });
}
