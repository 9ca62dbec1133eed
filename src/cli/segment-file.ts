import { setImmediate } from 'node:timers/promises';
import { FrontEnd } from '../front-end/front-end.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import type { SegmentEnd } from '../protocol/segment.ts';
import type { TakeMessage } from '../protocol/worklet-messages.ts';
import { type Hz, type Samples, type Seconds, samplesToSeconds } from '../units.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';

/** One committed segment, and when in the stream its messages were posted. */
export interface FileSegment {
  /** Audio, place and measurements, as the worklet would post them. */
  readonly take: TakeMessage;
  readonly end: SegmentEnd;
  /** How much of the stream had been heard when the take was posted. */
  readonly takenAtSeconds: Seconds;
  /** How much of the stream had been heard when the take was committed. */
  readonly committedAtSeconds: Seconds;
}

/** Block in which a browser's audio thread hands samples over. */
const RENDER_QUANTUM_SAMPLES: Samples = 128;
/** Quanta heard between two turns of the event loop, so that an interrupt is heard. */
const QUANTA_PER_TURN = 8192;

/** A recording is heard to its end, whatever silence is in it: no query end, no giving up. */
const WHOLE_FILE: FrontEndOverrides = { queryEndMs: Number.POSITIVE_INFINITY, noSpeechMs: Number.POSITIVE_INFINITY };

/**
 * Plays a recording into the front end the way a browser does, 128 samples at a time at the recording's own rate, and
 * collects what it would have sent.
 *
 * @param samples Mono in [-1, 1] at `rateHz`; read only, not kept.
 * @param scorer Used for this recording only until the promise settles; its stream is reset first.
 * @param onFrame Hears the speech probability of every 32 ms frame in order.
 * @returns The committed segments in order; their PCM belongs to the caller.
 * @throws RangeError for a rate that the front end does not take.
 */
export async function segmentSamples(
  samples: Float32Array,
  rateHz: Hz,
  scorer: SpeechScorer,
  onFrame?: (probability: number) => void,
): Promise<readonly FileSegment[]> {
  const segments: FileSegment[] = [];
  const open = new Map<number, { readonly take: TakeMessage; readonly takenAtSeconds: Seconds }>();
  const lengthSeconds = samplesToSeconds(samples.length, rateHz);
  // What stop() flushes is posted after the last sample, whatever the resampler still held back.
  const heardSeconds = (): Seconds => Math.min(frontEnd.heardSeconds, lengthSeconds);
  const frontEnd = new FrontEnd(
    rateHz,
    scorer,
    {
      frame: (probability) => onFrame?.(probability),
      speechStart: () => {},
      speechEnd: () => {},
      take: (take) => void open.set(take.takeId, { take, takenAtSeconds: heardSeconds() }),
      retract: ({ takeId }) => void open.delete(takeId),
      commit: ({ takeId, end }) => {
        const taken = open.get(takeId);
        if (taken === undefined) throw new Error(`commit of take ${takeId}, which was never posted`);
        open.delete(takeId);
        segments.push({ ...taken, end, committedAtSeconds: heardSeconds() });
      },
      queryEnd: () => {},
    },
    WHOLE_FILE,
  );
  frontEnd.start(1);
  for (let start = 0; start < samples.length; start += RENDER_QUANTUM_SAMPLES) {
    frontEnd.push(samples.subarray(start, start + RENDER_QUANTUM_SAMPLES));
    if ((start / RENDER_QUANTUM_SAMPLES) % QUANTA_PER_TURN === QUANTA_PER_TURN - 1) await setImmediate();
  }
  frontEnd.stop();
  return segments;
}
