import { defaultFrameProcessorOptions, FrameProcessor } from '@ricky0123/vad-web/dist/frame-processor.js';
import { Message } from '@ricky0123/vad-web/dist/messages.js';
import type { Seconds } from '../../../src/units.ts';
import { FRAME_SAMPLES } from '../../../src/vad/speech-scorer.ts';
import { VAD_WEB_FRAME_SAMPLES } from './scorers.ts';

const RATE_HZ = 16_000;

/** One segment as vad-web hands it to its user. */
export interface VadWebSegment {
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
  /** How much of the stream had been heard when `onSpeechEnd` was called. */
  readonly endedAtSeconds: Seconds;
}

/** vad-web's default threshold for speech. */
export const VAD_WEB_THRESHOLD: number = defaultFrameProcessorOptions.positiveSpeechThreshold;

/**
 * What vad-web's own frame processor makes of its default model's answers, at its defaults.
 *
 * @param scores One for each 512 samples, as its scorer gives them.
 */
export async function vadWebSegments(samples: Float32Array, scores: Float32Array): Promise<readonly VadWebSegment[]> {
  const framesPerStep = VAD_WEB_FRAME_SAMPLES / FRAME_SAMPLES;
  let step = 0;
  const processor = new FrameProcessor(
    async () => {
      const isSpeech = scores[step * framesPerStep] ?? 0;
      return { isSpeech, notSpeech: 1 - isSpeech };
    },
    () => {},
    defaultFrameProcessorOptions,
    (VAD_WEB_FRAME_SAMPLES * 1_000) / RATE_HZ,
  );
  processor.resume();
  const segments: VadWebSegment[] = [];
  for (; (step + 1) * VAD_WEB_FRAME_SAMPLES <= samples.length; step++) {
    const frame = samples.subarray(step * VAD_WEB_FRAME_SAMPLES, (step + 1) * VAD_WEB_FRAME_SAMPLES);
    const endSeconds = ((step + 1) * VAD_WEB_FRAME_SAMPLES) / RATE_HZ;
    await processor.process(frame, (event) => {
      if (event.msg !== Message.SpeechEnd) return;
      segments.push({
        startSeconds: endSeconds - event.audio.length / RATE_HZ,
        endSeconds,
        endedAtSeconds: endSeconds,
      });
    });
  }
  return segments;
}
