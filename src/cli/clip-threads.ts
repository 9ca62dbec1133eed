import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Preset } from '../front-end/presets.ts';
import type { Ms } from '../units.ts';
import { CliError, EXIT_CODES } from './cli-error.ts';
import type { ClipOutcome, FromClipWorker, ToClipWorker } from './clip-messages.ts';
import { CLIP_WORKER_URL } from './locations.ts';

/** The longest step on the longest clip takes less. */
const CLOSE_PATIENCE_MS: Ms = 10_000;

/**
 * Hears clips on several threads, one clip a thread at a time.
 *
 * @param onClip Called after each clip.
 * @returns Outcomes in the order of the paths.
 * @throws CliError with the first clip or thread that failed; the others are given up.
 */
export async function hearClips(
  paths: readonly string[],
  preset: Preset,
  threadCount: number,
  onClip: () => void,
): Promise<readonly ClipOutcome[]> {
  const outcomes = new Map<number, ClipOutcome>();
  const workers = Array.from({ length: Math.min(threadCount, paths.length) }, () => new Worker(CLIP_WORKER_URL));
  let nextIndex = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const feed = (worker: Worker): void => {
        const path = paths[nextIndex];
        if (path === undefined) return;
        const request: ToClipWorker = { type: 'clip', index: nextIndex++, path, preset };
        worker.postMessage(request);
      };
      for (const worker of workers) {
        worker.on('message', (message: FromClipWorker) => {
          if (message.type === 'fault') {
            reject(new CliError(message.message, message.exitCode));
            return;
          }
          outcomes.set(message.index, message.outcome);
          onClip();
          if (outcomes.size === paths.length) resolve();
          else feed(worker);
        });
        worker.on('error', reject);
        worker.on('exit', (code) =>
          reject(
            new CliError(`A recogniser thread ended with code ${code}; run the command again.`, EXIT_CODES.failure),
          ),
        );
        feed(worker);
      }
    });
  } finally {
    await Promise.all(workers.map(letGo));
  }
  return paths.map((_, index) => outcomes.get(index)!);
}

/**
 * Lets a thread end by itself: one that is terminated inside onnxruntime takes the process down with it.
 * One that does not end in time is left to the process's own end.
 */
async function letGo(worker: Worker): Promise<void> {
  worker.removeAllListeners('exit');
  worker.removeAllListeners('error');
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => resolve());
    worker.on('error', () => resolve());
  });
  worker.postMessage({ type: 'close' } satisfies ToClipWorker);
  await Promise.race([ended, setTimeout(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
  worker.unref();
}
