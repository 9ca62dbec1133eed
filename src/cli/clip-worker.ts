import { type RecordedSegment, segmentRecording } from '../front-end/recording.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import { type Seconds, samplesToSeconds } from '../units.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { readAudioFile } from './audio-file.ts';
import type { ClipOutcome, ClipRequest } from './clip-messages.ts';
import { recogniseRaw, recogniseSegments } from './recognise-clip.ts';
import { loadRecogniser, loadScorer } from './speech-parts.ts';
import { serveThread } from './thread-task.ts';

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

serveThread<readonly [Recogniser, SpeechScorer], ClipRequest, ClipOutcome>({
  load: () => Promise.all([loadRecogniser(), loadScorer()]),
  handle: ([recogniser, scorer], request) => hearClip(recogniser, scorer, request),
  close: ([recogniser]) => recogniser.close(),
});
