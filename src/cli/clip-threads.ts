import { Worker } from 'node:worker_threads';
import { CliError, EXIT_CODES } from './cli-error.ts';
import type { ClipOutcome, ClipRequest, FromClipWorker } from './clip-messages.ts';
import { CLIP_WORKER_URL } from './locations.ts';

/**
 * Hears clips on several threads, one clip a thread at a time.
 *
 * @param onClip Called after each clip.
 * @returns Outcomes in the order of the paths.
 * @throws CliError with the first clip or thread that failed; the others are given up.
 */
export async function hearClips(
  paths: readonly string[],
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
        const request: ClipRequest = { index: nextIndex++, path };
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
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return paths.map((_, index) => outcomes.get(index)!);
}
