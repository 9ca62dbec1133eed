import { setImmediate } from 'node:timers/promises';
import { finalClips } from '../front-end/clip-joiner.ts';
import { segmentRecording } from '../front-end/recording.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { type Hz, type Seconds, samplesToSeconds } from '../units.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';

/** One stretch of speech cut out of a clip. */
export interface ClipSegment {
  /** Mono at 16 kHz, levelled, in [-1, 1]; owned by the receiver. */
  readonly samples: Float32Array;
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
}

const PCM16_SCALE = 1 / 32_768;

/**
 * Runs the front end over a whole clip, as a browser would over the same sound.
 *
 * @param samples Mono at `rateHz`; read only, not kept.
 * @param scorer Used for this clip only until the promise settles.
 * @returns The stretches of speech in order, joined over short pauses; none when the clip holds no speech.
 * @throws The signal's reason when it is aborted.
 */
export async function cutClip(
  samples: Float32Array,
  rateHz: Hz,
  scorer: SpeechScorer,
  signal: AbortSignal,
): Promise<readonly ClipSegment[]> {
  const pause = async (): Promise<void> => {
    await setImmediate();
    signal.throwIfAborted();
  };
  const segments = await segmentRecording(samples, rateHz, scorer, { pause });
  return finalClips(segments.map(({ take }) => take)).map(({ pcm16, startSample, endSample }) => ({
    samples: Float32Array.from(pcm16, (step) => step * PCM16_SCALE),
    startSeconds: samplesToSeconds(startSample, SEGMENT_RATE_HZ),
    endSeconds: samplesToSeconds(endSample, SEGMENT_RATE_HZ),
  }));
}
