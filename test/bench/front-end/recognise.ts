import { parentPort } from 'node:worker_threads';
import { recogniseRaw, recogniseSegments } from '../../../src/cli/recognise-clip.ts';
import { segmentRecording } from '../../../src/front-end/recording.ts';
import { Recogniser } from '../../../src/recogniser/recogniser.ts';
import { ortNode } from '../../../src/server/ort-node.ts';
import type { Hz } from '../../../src/units.ts';
import { modelFiles } from '../../model-files.ts';
import { kernelScorer } from './scorers.ts';

/** A clip to recognise, with and without the front end. */
export interface RecogniseRequest {
  readonly index: number;
  readonly samples: Float32Array<ArrayBuffer>;
  readonly rateHz: Hz;
}

/** What was understood. */
export interface RecogniseAnswer {
  readonly index: number;
  readonly rawText: string;
  readonly processedText: string;
  readonly segmentCount: number;
}

/** Runs in a worker thread: recognises clips one after the other until the port closes. */
export async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('recognise-thread.mjs runs as a worker thread only.');
  const recogniser = await Recogniser.load(ortNode({ threadCount: 1 }), await modelFiles());
  const scorer = kernelScorer('fp16');
  let work = Promise.resolve();
  port.on('message', (request: RecogniseRequest | 'close') => {
    work = work.then(async () => {
      if (request === 'close') {
        await recogniser.close();
        port.close();
        return;
      }
      const { index, samples, rateHz } = request;
      const clip = { samples, rateHz, seconds: samples.length / rateHz };
      const raw = await recogniseRaw(recogniser, clip, `clip ${index}`);
      const segments = await segmentRecording(samples, rateHz, scorer);
      const processed = await recogniseSegments(recogniser, segments);
      const answer: RecogniseAnswer = {
        index,
        rawText: raw.text,
        processedText: processed.text,
        segmentCount: segments.length,
      };
      port.postMessage(answer);
    });
  });
}
