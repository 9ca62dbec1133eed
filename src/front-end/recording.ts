import type { SegmentEnd } from '../protocol/segment.ts';
import type { TakeMessage } from '../protocol/worklet-messages.ts';
import { type Hz, type Samples, type Seconds, samplesToSeconds } from '../units.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { FrontEnd } from './front-end.ts';
import type { FrontEndOverrides } from './options.ts';

/** One committed segment of a recording, and when in the stream its messages were posted. */
export interface RecordedSegment {
  /** Audio, place and measurements, as the worklet would post them; the PCM belongs to the receiver. */
  readonly take: TakeMessage;
  readonly end: SegmentEnd;
  /** How much of the stream had been heard when the take was posted. */
  readonly takenAtSeconds: Seconds;
  /** How much of the stream had been heard when the take was committed. */
  readonly committedAtSeconds: Seconds;
}

/** How a recording is heard. */
export interface RecordingOptions {
  readonly overrides?: FrontEndOverrides;
  /** Hears the speech probability of every 32 ms frame in order. */
  readonly onFrame?: (probability: number) => void;
  /** Awaited about every two seconds of audio, so that the caller's thread can do other work, or throw to stop. */
  readonly pause?: () => Promise<void>;
}

/** Block in which a browser's audio thread hands samples over. */
const RENDER_QUANTUM_SAMPLES: Samples = 128;
/** Quanta heard between two pauses. */
const QUANTA_PER_TURN = 512;
/** A recording is heard to its end, whatever silence is in it. */
const WHOLE_RECORDING: FrontEndOverrides = {
  queryEndMs: Number.POSITIVE_INFINITY,
  noSpeechMs: Number.POSITIVE_INFINITY,
};

/**
 * Plays a recording into the front end the way a browser does, 128 samples at a time at its own rate, and collects
 * what it would have sent.
 *
 * @param samples Mono at `rateHz`, nominally in [-1, 1]; read only, not kept.
 * @param scorer Used for this recording only until the promise settles; its stream is reset first.
 * @returns The committed segments in order.
 * @throws RangeError for a rate that the front end does not take; whatever `pause` throws.
 */
export async function segmentRecording(
  samples: Float32Array,
  rateHz: Hz,
  scorer: SpeechScorer,
  options: RecordingOptions = {},
): Promise<readonly RecordedSegment[]> {
  const segments: RecordedSegment[] = [];
  const open = new Map<number, { readonly take: TakeMessage; readonly takenAtSeconds: Seconds }>();
  const lengthSeconds = samplesToSeconds(samples.length, rateHz);
  // What the end flushes is posted after the last sample, whatever the resampler still held back.
  const heardSeconds = (): Seconds => Math.min(frontEnd.heardSeconds, lengthSeconds);
  const frontEnd = new FrontEnd(
    rateHz,
    scorer,
    {
      frame: (score) => options.onFrame?.(score[0]!),
      speechStart: () => {},
      speechEnd: () => {},
      take: (take) => void open.set(take.takeId, { take, takenAtSeconds: heardSeconds() }),
      retract: ({ takeId }) => void open.delete(takeId),
      commit: ({ takeId, end }) => {
        const taken = open.get(takeId);
        open.delete(takeId);
        if (taken !== undefined) segments.push({ ...taken, end, committedAtSeconds: heardSeconds() });
      },
      queryEnd: () => {},
    },
    { ...options.overrides, ...WHOLE_RECORDING },
  );
  frontEnd.start(1);
  let quantaCount = 0;
  for (let start = 0; start < samples.length; start += RENDER_QUANTUM_SAMPLES) {
    frontEnd.push(samples.subarray(start, start + RENDER_QUANTUM_SAMPLES));
    quantaCount++;
    if (quantaCount % QUANTA_PER_TURN === 0) await options.pause?.();
  }
  frontEnd.stop();
  return segments;
}
