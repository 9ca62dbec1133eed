import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Ms } from '../units.ts';
import { CliError, EXIT_CODES } from './cli-error.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

/** The longest step on the longest clip takes less. */
const CLOSE_PATIENCE_MS: Ms = 10_000;

/** Which threads, and how many. */
export interface ThreadPoolOptions {
  /** Entry that calls `serveThread`. */
  readonly workerUrl: URL;
  readonly threadCount: number;
  /** What every thread is given at its start. */
  readonly workerData?: unknown;
}

/**
 * Works requests off on several threads, one request a thread at a time.
 *
 * @param onOutcome Called after each request, in the order in which they end.
 * @returns Outcomes in the order of the requests.
 * @throws CliError with the first request or thread that failed; the others are given up.
 */
export async function runOnThreads<Request, Outcome>(
  requests: readonly Request[],
  options: ThreadPoolOptions,
  onOutcome: (outcome: Outcome, index: number) => void,
): Promise<readonly Outcome[]> {
  if (requests.length === 0) return [];
  const outcomes = new Map<number, Outcome>();
  const workers = Array.from(
    { length: Math.min(options.threadCount, requests.length) },
    () => new Worker(options.workerUrl, { workerData: options.workerData }),
  );
  let nextIndex = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const feed = (worker: Worker): void => {
        if (nextIndex === requests.length) return;
        const index = nextIndex++;
        worker.postMessage({ type: 'task', index, request: requests[index]! } satisfies ToThread<Request>);
      };
      const take = (worker: Worker, message: FromThread<Outcome>): void => {
        if (message.type === 'fault') throw new CliError(message.message, message.exitCode);
        outcomes.set(message.index, message.outcome);
        onOutcome(message.outcome, message.index);
        if (outcomes.size === requests.length) resolve();
        else feed(worker);
      };
      for (const worker of workers) {
        worker.on('message', (message: FromThread<Outcome>) => {
          try {
            take(worker, message);
          } catch (error) {
            reject(error);
          }
        });
        worker.on('error', reject);
        worker.on('exit', (code) =>
          reject(new CliError(`A worker thread ended with code ${code}; run the command again.`, EXIT_CODES.failure)),
        );
        feed(worker);
      }
    });
  } finally {
    await Promise.all(workers.map(letGo));
  }
  return requests.map((_, index) => outcomes.get(index)!);
}

/**
 * Lets a thread end by itself: one that is terminated inside onnxruntime takes the process down with it.
 * One that does not end in time is left to the process's own end.
 */
async function letGo(worker: Worker): Promise<void> {
  worker.removeAllListeners('message');
  worker.removeAllListeners('exit');
  worker.removeAllListeners('error');
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => resolve());
    worker.on('error', () => resolve());
  });
  worker.postMessage({ type: 'close' } satisfies ToThread<never>);
  await Promise.race([ended, setTimeout(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
  worker.unref();
}
