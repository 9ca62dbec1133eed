import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Hz } from '../../../src/units.ts';
import type { RecogniseAnswer, RecogniseRequest } from './recognise.ts';

const THREAD_COUNT = 2;

/** One clip, made when a thread is free for it. */
export interface ClipSource {
  readonly rateHz: Hz;
  readonly samples: () => Promise<Float32Array<ArrayBuffer>>;
}

/** Recognises clips raw and processed on two threads; answers in the order of the clips. */
export async function recogniseAll(
  clips: readonly ClipSource[],
  onClip: (index: number) => void,
): Promise<readonly RecogniseAnswer[]> {
  const answers = new Map<number, RecogniseAnswer>();
  let nextIndex = 0;
  const path = join(import.meta.dirname, 'recognise-thread.mjs');
  const workers = Array.from({ length: THREAD_COUNT }, () => new Worker(path));
  const feed = async (worker: Worker): Promise<void> => {
    const index = nextIndex++;
    const clip = clips[index];
    if (clip === undefined) return;
    const samples = await clip.samples();
    const request: RecogniseRequest = { index, samples, rateHz: clip.rateHz };
    worker.postMessage(request, [samples.buffer]);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      for (const worker of workers) {
        worker.on('error', reject);
        worker.on('exit', () => reject(new Error('A recogniser thread ended before its work was done.')));
        worker.on('message', (answer: RecogniseAnswer) => {
          answers.set(answer.index, answer);
          onClip(answer.index);
          if (answers.size === clips.length) resolve();
          else feed(worker).catch(reject);
        });
        feed(worker).catch(reject);
      }
    });
  } finally {
    // A thread that is terminated inside onnxruntime takes the process down with it: it ends by itself.
    await Promise.all(
      workers.map((worker) => {
        worker.removeAllListeners('exit');
        worker.postMessage('close');
        return new Promise((resolve) => worker.on('exit', resolve));
      }),
    );
  }
  return clips.map((_, index) => answers.get(index)!);
}
