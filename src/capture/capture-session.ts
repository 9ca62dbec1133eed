import type { SpeechError } from '../errors.ts';
import type { QueryContinuation, QueryEnds } from '../protocol/query-start.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { FromWorkletToPage } from '../protocol/worklet-messages.ts';
import { type Ms, msToSamples, type Samples } from '../units.ts';
import { ClockWatch } from './clock-watch.ts';
import { closeMicrophone } from './microphone.ts';

/** One query's sound: its microphones one after another, and how far the query has come. */
export class CaptureSession {
  readonly queryId: number;
  readonly clock: ClockWatch = new ClockWatch();
  ends: QueryEnds;
  /** The open microphone. */
  stream: MediaStream | undefined;
  /** Whether the worklet has posted what was open when it was last told to pause. */
  flushed: Promise<boolean> = Promise.resolve(true);
  /** False while it is being opened for the first time. */
  isOpen = false;
  /** The audio context is not to be used again once the query is over. */
  isGraphSpent = false;
  /** A segment was open when the worklet last spoke of it. */
  isSpeaking = false;
  readonly #whole = new AbortController();
  #sound = new AbortController();
  #beganAtMs: Ms | undefined;
  #lastSegmentId = 0;
  #segmentCount = 0;

  constructor(queryId: number, ends: QueryEnds) {
    this.queryId = queryId;
    this.ends = ends;
  }

  /** Aborted when the query is over. */
  get signal(): AbortSignal {
    return this.#whole.signal;
  }

  /** Aborted when the present microphone is given up. */
  get soundSignal(): AbortSignal {
    return this.#sound.signal;
  }

  /** The worklet was told to begin; the first time counts. */
  began(nowMs: Ms): void {
    this.#beganAtMs ??= nowMs;
  }

  /** Follows how far the worklet has come. */
  hear(message: FromWorkletToPage): void {
    switch (message.type) {
      case 'speech-start':
        this.#lastSegmentId = message.segmentId;
        this.isSpeaking = true;
        return;
      case 'speech-end':
        this.#segmentCount++;
        this.isSpeaking = false;
        return;
      case 'paused':
        this.#lastSegmentId = message.lastSegmentId;
        this.#segmentCount = message.segmentCount;
        return;
      default:
        return;
    }
  }

  /** Where in the query sound that begins now lies. */
  startSample(nowMs: Ms): Samples {
    return msToSamples(nowMs - (this.#beganAtMs ?? nowMs), SEGMENT_RATE_HZ);
  }

  /**
   * What another worklet needs to go on with the query.
   *
   * @param isFlushed False when the worklet before has not told how far it came: it may open one more segment.
   */
  continuation(nowMs: Ms, isFlushed: boolean): QueryContinuation {
    return {
      lastSegmentId: this.#lastSegmentId + (isFlushed ? 0 : 1),
      segmentCount: this.#segmentCount,
      startSample: this.startSample(nowMs),
    };
  }

  /** Nothing more is wanted of the present microphone; its last sound may still be on its way. */
  endSound(): void {
    this.#sound.abort();
    this.#sound = new AbortController();
  }

  closeMicrophone(): void {
    if (this.stream !== undefined) closeMicrophone(this.stream);
    this.stream = undefined;
  }

  /** @param error Told to who waits for the microphone to open, if it is still being opened. */
  close(error?: SpeechError): void {
    this.#sound.abort();
    this.#whole.abort(error);
    this.closeMicrophone();
  }
}
