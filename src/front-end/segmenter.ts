import { HOP_SAMPLES } from '../dsp/frame.ts';
import type { NoiseFloorTracker } from '../dsp/noise-floor.ts';
import type { FloatRing } from '../dsp/ring-buffer.ts';
import type { QueryContinuation } from '../protocol/query-start.ts';
import { type InputMetrics, SEGMENT_RATE_HZ, type SegmentEnd, type SegmentSpan } from '../protocol/segment.ts';
import { dbToAmplitude, type Hz, msToSamples, type Samples } from '../units.ts';
import { Endpointer } from '../vad/endpointer.ts';
import { FRAME_SAMPLES } from '../vad/speech-scorer.ts';
import type { FrontEndSink } from './front-end-sink.ts';
import { deepestPauseHop, type HopHistory } from './hop-history.ts';
import type { FrontEndOptions } from './options.ts';
import { SegmentMeter } from './segment-meter.ts';
import { SpeechFrames } from './speech-frames.ts';
import { TakeBuilder } from './take-builder.ts';

/** One second of audio a quantum: thirty seconds of speech are ready 30 quanta after their end is heard. */
const TAKE_STEP_SAMPLES: Samples = 16_384;
/** Length of the quietest stretch that long speech is split in. */
const SPLIT_PAUSE_HOPS = 12;

/** A take that is measured, and being converted. */
interface PendingTake {
  readonly segmentId: number;
  readonly takeId: number;
  readonly span: SegmentSpan;
  readonly metrics: InputMetrics;
  /** Set when the segment's end stood before the take was ready. */
  end: SegmentEnd | undefined;
}

/** Cuts the scored stream into segments: opens, takes, retracts, commits, and splits what grows too long. */
export class Segmenter {
  readonly #preRollSamples: Samples;
  readonly #paddingSamples: Samples;
  readonly #maxSegmentSamples: Samples;
  readonly #endpointer: Endpointer;
  readonly #hops: HopHistory;
  readonly #meter: SegmentMeter;
  readonly #frames: SpeechFrames;
  readonly #builder: TakeBuilder;
  readonly #noise: NoiseFloorTracker;
  readonly #sink: FrontEndSink;
  #queryId = 0;
  /** Where in the query sample 0 of the stream lies: later than 0 after a time without sound. */
  #originSample: Samples = 0;
  #segmentId = 0;
  #takeId = 0;
  #pending: PendingTake | undefined;
  #isOpen = false;
  #startSample: Samples = 0;
  #lastEndSample: Samples = 0;
  #speechEndSample: Samples = 0;
  #takenEndSample: Samples = 0;
  #retractedTakeCount = 0;

  /** @param noise Follows the background up to the frame that is pushed. */
  constructor(
    deviceRateHz: Hz,
    samples: FloatRing,
    hops: HopHistory,
    noise: NoiseFloorTracker,
    sink: FrontEndSink,
    options: FrontEndOptions,
  ) {
    this.#preRollSamples = msToSamples(options.preRollMs, SEGMENT_RATE_HZ);
    this.#paddingSamples = msToSamples(options.paddingMs, SEGMENT_RATE_HZ);
    this.#maxSegmentSamples = msToSamples(options.maxSegmentMs, SEGMENT_RATE_HZ);
    this.#endpointer = new Endpointer(options.endpointer, SEGMENT_RATE_HZ);
    this.#hops = hops;
    this.#meter = new SegmentMeter(deviceRateHz, samples, hops, options.gain);
    this.#frames = new SpeechFrames(Math.ceil((hops.capacity * HOP_SAMPLES) / FRAME_SAMPLES));
    this.#builder = new TakeBuilder(samples, TAKE_STEP_SAMPLES);
    this.#noise = noise;
    this.#sink = sink;
  }

  /** True while nothing that could be speech is under way. */
  get isIdle(): boolean {
    return this.#endpointer.phase === 'silence';
  }

  /** Number of the last segment that was opened; 0 when there was none. */
  get lastSegmentId(): number {
    return this.#segmentId;
  }

  /** Begins a query with an empty stream. */
  start(queryId: number, continues: QueryContinuation | undefined): void {
    this.#queryId = queryId;
    this.#originSample = continues?.startSample ?? 0;
    this.#segmentId = Math.max(this.#segmentId, continues?.lastSegmentId ?? 0);
    this.#endpointer.reset();
    this.#frames.reset();
    this.#builder.abandon();
    this.#pending = undefined;
    this.#isOpen = false;
    this.#lastEndSample = 0;
  }

  /**
   * Hears one scored frame.
   *
   * @realtime
   * @param score Holds the frame's speech probability at index 0; read only.
   * @param soundStartSample Where the sound that the probability speaks of begins.
   * @param heardSample End of the frame: how far the stream has been heard.
   * @param standsOut Whether the frame is far louder than the background.
   * @returns True when a segment was committed.
   */
  push(score: Float64Array, soundStartSample: Samples, heardSample: Samples, standsOut: boolean): boolean {
    this.#frames.push(soundStartSample, this.#endpointer.classOf(score) !== 'silent');
    if (this.#isOpen) this.#meter.hear(heardSample);
    const event = this.#endpointer.push(
      score,
      Math.max(0, soundStartSample),
      Math.max(0, soundStartSample + FRAME_SAMPLES),
      heardSample,
      standsOut,
    );
    switch (event) {
      case 'none':
        return this.#splitIfTooLong(heardSample);
      case 'speech-start':
        this.#open();
        return false;
      case 'take':
        this.#beginTake(heardSample);
        return false;
      case 'retract':
        this.#retract();
        return false;
      case 'commit':
        this.#close('silence', heardSample);
        return true;
    }
  }

  /** Converts a little more of the take under way, and posts it when it is done. @realtime */
  advance(): void {
    const pcm16 = this.#builder.advance();
    const pending = this.#pending;
    if (pcm16 === undefined || pending === undefined) return;
    this.#pending = undefined;
    const { segmentId, takeId, metrics, end } = pending;
    const span = shifted(pending.span, this.#originSample);
    this.#sink.take({ type: 'take', queryId: this.#queryId, segmentId, takeId, pcm16, span, metrics });
    if (end !== undefined) this.#commit(segmentId, takeId, end);
  }

  /** The stream goes on after a time without sound. @param originSample Where in the query its sample 0 lies now. */
  resume(originSample: Samples): void {
    this.#originSample = Math.max(this.#originSample, originSample);
  }

  /**
   * Ends the open segment here, if there is one, and posts it at once.
   *
   * @returns True when one was committed.
   */
  flush(heardSample: Samples, end: SegmentEnd): boolean {
    const isOpen = this.#isOpen;
    if (isOpen) {
      if (!this.#endpointer.isTaken) this.#beginTake(heardSample);
      this.#close(end, heardSample);
    }
    this.#finishTake();
    this.#endpointer.reset();
    return isOpen;
  }

  /** Drops the open segment; a take already posted is retracted. */
  drop(): void {
    if (this.#endpointer.isTaken) this.#retract();
    this.#builder.abandon();
    this.#pending = undefined;
    this.#isOpen = false;
    this.#endpointer.reset();
  }

  #open(): void {
    const speechStartSample = this.#endpointer.speechStartSample;
    this.#openAt(Math.max(speechStartSample - this.#preRollSamples, this.#lastEndSample));
    this.#sink.speechStart({
      type: 'speech-start',
      queryId: this.#queryId,
      segmentId: this.#segmentId,
      speechStartSample: this.#originSample + speechStartSample,
    });
  }

  #openAt(startSample: Samples): void {
    this.#segmentId++;
    this.#isOpen = true;
    this.#startSample = startSample;
    this.#retractedTakeCount = 0;
    this.#meter.open(startSample);
  }

  #beginTake(endSample: Samples): void {
    this.#finishTake();
    const isSpeaking = this.#endpointer.phase === 'speech';
    this.#speechEndSample = isSpeaking ? endSample : Math.min(this.#endpointer.speechEndSample, endSample);
    this.#takenEndSample = endSample;
    const span: SegmentSpan = {
      startSample: this.#startSample,
      endSample,
      speechStartSample: this.#endpointer.speechStartSample,
      speechEndSample: this.#speechEndSample,
    };
    const metrics = this.#meter.measure({
      span,
      speechShare: this.#frames.share(span.startSample, endSample),
      noiseMeanSquare: this.#noise.noiseMeanSquare(),
      leadingSilenceSamples: span.startSample - this.#lastEndSample,
      retractedTakeCount: this.#retractedTakeCount,
      paddingSamples: this.#paddingSamples,
    });
    this.#takeId++;
    this.#pending = { segmentId: this.#segmentId, takeId: this.#takeId, span, metrics, end: undefined };
    this.#builder.begin(span.startSample, endSample, this.#paddingSamples, dbToAmplitude(metrics.gainDb));
  }

  #retract(): void {
    if (this.#pending !== undefined) {
      // The take was still being converted: nobody has seen it.
      this.#builder.abandon();
      this.#pending = undefined;
      return;
    }
    this.#retractedTakeCount++;
    this.#sink.retract({
      type: 'retract',
      queryId: this.#queryId,
      segmentId: this.#segmentId,
      takeId: this.#takeId,
    });
  }

  #close(end: SegmentEnd, heardSample: Samples): void {
    if (this.#pending !== undefined) this.#pending.end = end;
    else this.#commit(this.#segmentId, this.#takeId, end);
    this.#sink.speechEnd({
      type: 'speech-end',
      queryId: this.#queryId,
      segmentId: this.#segmentId,
      speechEndSample: this.#originSample + this.#speechEndSample,
      end,
      heardSamples: this.#originSample + heardSample,
    });
    this.#lastEndSample = this.#takenEndSample;
    this.#isOpen = false;
  }

  #commit(segmentId: number, takeId: number, end: SegmentEnd): void {
    this.#sink.commit({ type: 'commit', queryId: this.#queryId, segmentId, takeId, end });
  }

  #finishTake(): void {
    while (this.#pending !== undefined) this.advance();
  }

  /** Ends a segment that has grown too long in its deepest pause, and goes on with the next from there. */
  #splitIfTooLong(heardSample: Samples): boolean {
    if (!this.#isOpen || heardSample - this.#startSample < this.#maxSegmentSamples) return false;
    if (this.#endpointer.phase !== 'speech') return false;
    // The second half only: the first part shall not be cut short for a pause that came early.
    const searchHop = Math.floor((this.#startSample + this.#maxSegmentSamples / 2) / HOP_SAMPLES);
    const heardHop = Math.min(Math.floor(heardSample / HOP_SAMPLES), this.#hops.hopCount);
    const splitSample = deepestPauseHop(this.#hops, searchHop, heardHop, SPLIT_PAUSE_HOPS) * HOP_SAMPLES;
    this.#beginTake(splitSample);
    this.#close('maximum-length', heardSample);
    this.#endpointer.splitAt(splitSample);
    this.#openAt(splitSample);
    this.#sink.speechStart({
      type: 'speech-start',
      queryId: this.#queryId,
      segmentId: this.#segmentId,
      speechStartSample: this.#originSample + splitSample,
    });
    return true;
  }
}

function shifted(span: SegmentSpan, bySamples: Samples): SegmentSpan {
  return {
    startSample: span.startSample + bySamples,
    endSample: span.endSample + bySamples,
    speechStartSample: span.speechStartSample + bySamples,
    speechEndSample: span.speechEndSample + bySamples,
  };
}
