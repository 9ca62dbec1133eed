import { parentPort } from 'node:worker_threads';
import { type RecordedSegment, segmentRecording } from '../front-end/recording.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import { type Seconds, samplesToSeconds } from '../units.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { readAudioFile } from './audio-file.ts';
import { CliError, EXIT_CODES, oneLine } from './cli-error.ts';
import type { ClipOutcome, ClipRequest, FromClipWorker, ToClipWorker } from './clip-messages.ts';
import { recogniseRaw, recogniseSegments } from './recognise-clip.ts';
import { loadRecogniser, loadScorer } from './speech-parts.ts';

function sentSeconds(segments: readonly RecordedSegment[]): Seconds {
  return samplesToSeconds(
    segments.reduce((sum, segment) => sum + segment.take.pcm16.length, 0),
    SEGMENT_RATE_HZ,
  );
}

async function hearClip(
  recogniser: Recogniser,
  scorer: SpeechScorer,
  { path, preset }: ClipRequest,
): Promise<ClipOutcome> {
  const clip = await readAudioFile(path);
  const startMs = performance.now();
  const raw = await recogniseRaw(recogniser, clip, path);
  const rawEndMs = performance.now();
  const segments = await segmentRecording(clip.samples, clip.rateHz, scorer, { overrides: { preset } });
  const processed = await recogniseSegments(recogniser, segments);
  return {
    audioSeconds: clip.seconds,
    sentSeconds: sentSeconds(segments),
    segmentCount: segments.length,
    rawText: raw.text,
    rawMs: rawEndMs - startMs,
    processedText: processed.text,
    processedMs: performance.now() - rawEndMs,
  };
}

async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('clip-worker runs as a worker thread only.');
  const post = (message: FromClipWorker): void => port.postMessage(message);
  const fail = (error: unknown): void =>
    post({
      type: 'fault',
      message: oneLine(error),
      exitCode: error instanceof CliError ? error.exitCode : EXIT_CODES.failure,
    });
  const parts = Promise.all([loadRecogniser(), loadScorer()]);
  parts.catch(fail);
  port.on('message', (message: ToClipWorker) => {
    if (message.type === 'close') {
      parts
        .then(([recogniser]) => recogniser.close())
        .catch(() => undefined)
        .finally(() => port.close());
      return;
    }
    parts
      .then(([recogniser, scorer]) => hearClip(recogniser, scorer, message))
      .then((outcome) => post({ type: 'outcome', index: message.index, outcome }), fail);
  });
}

await main();
