import { FrontEnd } from '../../../src/front-end/front-end.ts';
import type { FrontEndOverrides } from '../../../src/front-end/options.ts';
import { SEGMENT_RATE_HZ, type SegmentSpan } from '../../../src/protocol/segment.ts';
import type { TakeMessage } from '../../../src/protocol/worklet-messages.ts';
import type { Hz, Seconds } from '../../../src/units.ts';
import { FRAME_SAMPLES, type SpeechScorer } from '../../../src/vad/speech-scorer.ts';
import type { Stretch } from './corpus.ts';

/** One take and what became of it; times are how much of the stream had been heard. */
export interface HeardTake {
  readonly message: TakeMessage;
  readonly takenAtSeconds: Seconds;
  readonly committedAtSeconds: Seconds | undefined;
  readonly retractedAtSeconds: Seconds | undefined;
}

/** What the front end made of one stream. */
export interface Heard {
  /** Every take in the order of posting, those withdrawn too. */
  readonly takes: readonly HeardTake[];
  /** Emitted stretches of the committed takes: pre-roll and tail included, padding zeros not. */
  readonly segments: readonly Stretch[];
  /** The detector's own stretches of speech in the committed takes. */
  readonly speech: readonly Stretch[];
}

/** Block in which a browser's audio thread hands samples over. */
const RENDER_QUANTUM_SAMPLES = 128;
const WHOLE_RECORDING: FrontEndOverrides = {
  queryEndMs: Number.POSITIVE_INFINITY,
  noSpeechMs: Number.POSITIVE_INFINITY,
};

function seconds(sample: number): Seconds {
  return sample / SEGMENT_RATE_HZ;
}

/** Plays a recording into a front end, 128 samples at a time, to its end. */
export function hear(
  samples: Float32Array,
  rateHz: Hz,
  scorer: SpeechScorer,
  overrides: FrontEndOverrides = {},
): Heard {
  const takes: {
    message: TakeMessage;
    takenAtSeconds: Seconds;
    committedAtSeconds: Seconds | undefined;
    retractedAtSeconds: Seconds | undefined;
  }[] = [];
  const lengthSeconds = samples.length / rateHz;
  const heardSeconds = (): Seconds => Math.min(frontEnd.heardSeconds, lengthSeconds);
  const find = (takeId: number) => takes.find(({ message }) => message.takeId === takeId);
  const frontEnd = new FrontEnd(
    rateHz,
    scorer,
    {
      frame: () => {},
      speechStart: () => {},
      speechEnd: () => {},
      take: (message) => {
        const takenAtSeconds = heardSeconds();
        takes.push({ message, takenAtSeconds, committedAtSeconds: undefined, retractedAtSeconds: undefined });
      },
      retract: ({ takeId }) => {
        const take = find(takeId);
        if (take !== undefined) take.retractedAtSeconds = heardSeconds();
      },
      commit: ({ takeId }) => {
        const take = find(takeId);
        if (take !== undefined) take.committedAtSeconds = heardSeconds();
      },
      queryEnd: () => {},
    },
    { ...overrides, ...WHOLE_RECORDING },
  );
  frontEnd.start(1);
  for (let at = 0; at < samples.length; at += RENDER_QUANTUM_SAMPLES) {
    frontEnd.push(samples.subarray(at, at + RENDER_QUANTUM_SAMPLES));
  }
  frontEnd.stop();
  const spans: SegmentSpan[] = takes
    .filter(({ committedAtSeconds }) => committedAtSeconds !== undefined)
    .map(({ message }) => message.span);
  return {
    takes,
    segments: spans.map(({ startSample, endSample }) => [seconds(startSample), seconds(endSample)]),
    speech: spans.map(({ speechStartSample, speechEndSample }) => [
      seconds(speechStartSample),
      seconds(speechEndSample),
    ]),
  };
}

/** A scorer that keeps what it was given and what it said, and otherwise is the one inside. */
export class ListeningScorer implements SpeechScorer {
  readonly latencySamples: number;
  readonly #inner: SpeechScorer;
  #frames: Float32Array[] = [];
  #scores: number[] = [];

  constructor(inner: SpeechScorer) {
    this.#inner = inner;
    this.latencySamples = inner.latencySamples;
  }

  /** All frames since the last reset, one after the other. */
  get input(): Float32Array {
    const joined = new Float32Array(this.#frames.length * FRAME_SAMPLES);
    for (const [i, frame] of this.#frames.entries()) joined.set(frame, i * FRAME_SAMPLES);
    return joined;
  }

  /** The score of each frame since the last reset. */
  get scores(): Float32Array {
    return Float32Array.from(this.#scores);
  }

  score(frame: Float32Array): number {
    this.#frames.push(frame.slice());
    const score = this.#inner.score(frame);
    this.#scores.push(score);
    return score;
  }

  reset(): void {
    this.#frames = [];
    this.#scores = [];
    this.#inner.reset();
  }
}

/** A scorer that says what another one said of the same stream before. */
export class ReplayingScorer implements SpeechScorer {
  readonly latencySamples: number;
  readonly #scores: Float32Array;
  #next = 0;

  constructor(scores: Float32Array, latencySamples: number) {
    this.#scores = scores;
    this.latencySamples = latencySamples;
  }

  score(): number {
    return this.#scores[this.#next++] ?? 0;
  }

  reset(): void {
    this.#next = 0;
  }
}
