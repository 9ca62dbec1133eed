import { parentPort, workerData } from 'node:worker_threads';
import type { Recogniser } from '../recogniser/recogniser.ts';
import { samplesToSeconds } from '../units.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { type AudioInput, readAudio, toRecogniserRate } from './audio-input.ts';
import { type ClipSegment, cutClip } from './clip-cutter.ts';
import { DecodeThread } from './decode-thread.ts';
import { loadRecogniser, loadScorer } from './load-release.ts';
import { RefusedRequest } from './openai-error.ts';
import type {
  FromPredictWorker,
  PredictedSegment,
  Prediction,
  PredictWorkerSettings,
  ToPredictWorker,
} from './predict-messages.ts';

interface SpeechParts {
  readonly recogniser: Recogniser;
  readonly scorer: SpeechScorer;
  readonly decoder: DecodeThread;
}

/** Entry of the predict worker: one recogniser on one core, fed one clip at a time through the port to its pool. */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('predict-worker runs as a worker thread only.');
  const post = (message: FromPredictWorker): void => port.postMessage(message);
  const { releaseFolder, kernelPath }: PredictWorkerSettings = workerData;

  let parts: SpeechParts;
  try {
    const [recogniser, scorer] = await Promise.all([loadRecogniser(releaseFolder), loadScorer(kernelPath)]);
    const here = import.meta.url;
    parts = { recogniser, scorer, decoder: new DecodeThread(new URL('./decode-worker.js', here)) };
  } catch (thrown) {
    post({ type: 'start-fault', message: messageOf(thrown) });
    return;
  }

  let running: { readonly jobId: number; readonly controller: AbortController } | undefined;
  port.on('message', (message: ToPredictWorker) => {
    if (message.type === 'close') {
      running?.controller.abort();
      void Promise.allSettled([parts.recogniser.close(), parts.decoder.close()]).finally(() => port.close());
      return;
    }
    const { jobId } = message;
    if (message.type === 'abort') {
      if (running?.jobId === jobId) running.controller.abort();
      return;
    }
    const controller = new AbortController();
    running = { jobId, controller };
    predict(parts, message, (segment) => post({ type: 'segment', jobId, segment }), controller.signal)
      .then((prediction) => post({ type: 'result', jobId, prediction }))
      .catch((thrown: unknown) => {
        if (thrown instanceof RefusedRequest) post({ type: 'refused', jobId, refusal: thrown.refusal });
        else post({ type: 'fault', jobId, message: `The recogniser failed: ${messageOf(thrown)}` });
      });
  });
  post({ type: 'ready' });
}

async function predict(
  { recogniser, scorer, decoder }: SpeechParts,
  request: { readonly clip: Uint8Array<ArrayBuffer>; readonly isCut: boolean },
  onSegment: (segment: PredictedSegment) => void,
  signal: AbortSignal,
): Promise<Prediction> {
  const audio = await readAudio(request.clip, decoder, signal);
  signal.throwIfAborted();
  const cuts = request.isCut ? [wholeClip(audio)] : await cutClip(audio.samples, audio.rateHz, scorer, signal);
  const segments: PredictedSegment[] = [];
  for (const { samples, startSeconds, endSeconds } of cuts) {
    const { text, tokens } = await recogniser.transcribe(samples, { signal });
    // On music and room noise the model may write notes or dots alone: no words, so no speech.
    if (!/[\p{L}\p{N}]/u.test(text)) continue;
    const segment: PredictedSegment = { startSeconds, endSeconds, text, tokens };
    segments.push(segment);
    onSegment(segment);
  }
  return { durationSeconds: samplesToSeconds(audio.samples.length, audio.rateHz), segments };
}

function wholeClip(audio: AudioInput): ClipSegment {
  const endSeconds = samplesToSeconds(audio.samples.length, audio.rateHz);
  return { samples: toRecogniserRate(audio), startSeconds: 0, endSeconds };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

await main();
