import { FrontEnd } from '../src/front-end/front-end.ts';
import type { FrontEndSink } from '../src/front-end/front-end-sink.ts';
import type { FrontEndOverrides } from '../src/front-end/options.ts';
import type { QueryEndMessage, TakeMessage } from '../src/protocol/worklet-messages.ts';
import { FRAME_SAMPLES, type SpeechScorer } from '../src/vad/speech-scorer.ts';

/** Everything that the front end said about one stream, in order. */
export interface FrontEndRun {
  /** Names of the messages as they came, frames left out. */
  readonly order: readonly string[];
  /** Committed takes. */
  readonly segments: readonly TakeMessage[];
  readonly ends: readonly string[];
  readonly retractCount: number;
  readonly queryEnd: QueryEndMessage | undefined;
  readonly probabilities: readonly number[];
}

/** Collects what a front end says. */
export class RecordingSink implements FrontEndSink {
  readonly order: string[] = [];
  readonly segments: TakeMessage[] = [];
  readonly ends: string[] = [];
  readonly probabilities: number[] = [];
  retractCount = 0;
  queryEndMessage: QueryEndMessage | undefined;
  readonly #takes = new Map<number, TakeMessage>();

  frame(score: Float64Array): void {
    this.probabilities.push(score[0]!);
  }
  speechStart(): void {
    this.order.push('speech-start');
  }
  speechEnd(): void {
    this.order.push('speech-end');
  }
  take(message: TakeMessage): void {
    this.order.push('take');
    this.#takes.set(message.takeId, message);
  }
  commit(message: { readonly takeId: number; readonly end: string }): void {
    this.order.push('commit');
    const take = this.#takes.get(message.takeId);
    if (take === undefined) throw new Error(`take ${message.takeId} was committed before it was posted`);
    this.#takes.delete(message.takeId);
    this.segments.push(take);
    this.ends.push(message.end);
  }
  retract(message: { readonly takeId: number }): void {
    this.order.push('retract');
    if (!this.#takes.delete(message.takeId)) throw new Error(`take ${message.takeId} was retracted but never posted`);
    this.retractCount++;
  }
  queryEnd(message: QueryEndMessage): void {
    this.order.push('query-end');
    this.queryEndMessage = message;
  }
}

/** Samples pushed at once: a number, or a function that gives the next length. */
export type Cut = number | (() => number);

/** Pushes a whole signal through a new front end and stops it at the end. */
export function runFrontEnd(
  samples: Float32Array,
  rateHz: number,
  scorer: SpeechScorer,
  overrides: FrontEndOverrides = {},
  cut: Cut = 128,
): FrontEndRun {
  const sink = new RecordingSink();
  const frontEnd = new FrontEnd(rateHz, scorer, sink, overrides);
  frontEnd.start(1);
  for (let at = 0; at < samples.length; ) {
    const length = typeof cut === 'number' ? cut : cut();
    frontEnd.push(samples.subarray(at, at + length));
    at += length;
  }
  frontEnd.stop();
  return { ...sink, queryEnd: sink.queryEndMessage };
}

/**
 * A scorer that knows where speech is: 1 in the given stretches, 0 elsewhere. It stands for a perfect network, so that
 * cutting can be tested apart from hearing.
 *
 * @param speech Start and end in seconds at 16 kHz.
 */
export function labelledScorer(speech: readonly (readonly [number, number])[]): SpeechScorer {
  let frameCount = 0;
  return {
    latencySamples: 0,
    score: () => {
      const middle = ((frameCount + 0.5) * FRAME_SAMPLES) / 16_000;
      frameCount++;
      return speech.some(([start, end]) => middle >= start && middle < end) ? 1 : 0;
    },
    reset: () => {
      frameCount = 0;
    },
  };
}
