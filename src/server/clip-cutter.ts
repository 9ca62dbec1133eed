import { setImmediate } from 'node:timers/promises';
import { FrontEnd } from '../front-end/front-end.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { TakeMessage } from '../protocol/worklet-messages.ts';
import { type Hz, type Samples, type Seconds, samplesToSeconds } from '../units.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';

/** One stretch of speech cut out of a clip. */
export interface ClipSegment {
  /** Mono at 16 kHz, levelled, in [-1, 1]; owned by the receiver. */
  readonly samples: Float32Array;
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
}

/** A clip is heard to its end, whatever silence is in it. */
const WHOLE_CLIP: FrontEndOverrides = { queryEndMs: Number.POSITIVE_INFINITY, noSpeechMs: Number.POSITIVE_INFINITY };

/** Block in which a browser's audio thread hands samples over. */
const RENDER_QUANTUM_SAMPLES: Samples = 128;
/** Quanta heard between two turns of the event loop, about 2 s of audio, so that an abort is heard. */
const QUANTA_PER_TURN = 256;
const PCM16_SCALE = 1 / 32_768;

/**
 * Runs the front end over a whole clip, as a browser would over the same sound.
 *
 * @param samples Mono at `rateHz`; read only, not kept.
 * @param scorer Used for this clip only until the promise settles.
 * @returns The stretches of speech in order; none when the clip holds no speech.
 * @throws The signal's reason when it is aborted.
 */
export async function cutClip(
  samples: Float32Array,
  rateHz: Hz,
  scorer: SpeechScorer,
  signal: AbortSignal,
): Promise<readonly ClipSegment[]> {
  const takes = new Map<number, TakeMessage>();
  const segments: ClipSegment[] = [];
  const frontEnd = new FrontEnd(
    rateHz,
    scorer,
    {
      frame: () => {},
      speechStart: () => {},
      speechEnd: () => {},
      take: (take) => void takes.set(take.takeId, take),
      retract: ({ takeId }) => void takes.delete(takeId),
      commit: ({ takeId }) => {
        const take = takes.get(takeId);
        if (take !== undefined) segments.push(segmentOf(take));
        takes.delete(takeId);
      },
      queryEnd: () => {},
    },
    WHOLE_CLIP,
  );
  frontEnd.start(1);
  let quantaCount = 0;
  for (let start = 0; start < samples.length; start += RENDER_QUANTUM_SAMPLES) {
    frontEnd.push(samples.subarray(start, start + RENDER_QUANTUM_SAMPLES));
    quantaCount += 1;
    if (quantaCount % QUANTA_PER_TURN === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  frontEnd.stop();
  return segments;
}

function segmentOf({ pcm16, span }: TakeMessage): ClipSegment {
  return {
    samples: Float32Array.from(pcm16, (step) => step * PCM16_SCALE),
    startSeconds: samplesToSeconds(span.startSample, SEGMENT_RATE_HZ),
    endSeconds: samplesToSeconds(span.endSample, SEGMENT_RATE_HZ),
  };
}
