import { HOP_SAMPLES } from '../dsp/frame.ts';
import { NoiseFloorTracker } from '../dsp/noise-floor.ts';
import { Resampler } from '../dsp/resampler.ts';
import { FloatRing } from '../dsp/ring-buffer.ts';
import type { QueryEnds, QueryStart } from '../protocol/query-start.ts';
import { SEGMENT_RATE_HZ, type SegmentEnd } from '../protocol/segment.ts';
import type { QueryEnd } from '../protocol/worklet-messages.ts';
import { type Hz, msToSamples, type Samples, type Seconds, samplesToMs } from '../units.ts';
import { BackgroundLevel } from '../vad/background-level.ts';
import { EnergyGate } from '../vad/energy-gate.ts';
import { FRAME_POWER, NetworkLevel, NOISE_POWER } from '../vad/network-level.ts';
import { FRAME_SAMPLES, type SpeechScorer } from '../vad/speech-scorer.ts';
import { DeviceDefects } from './device-defects.ts';
import type { FrontEndSink } from './front-end-sink.ts';
import { HopHistory } from './hop-history.ts';
import { type FrontEndOverrides, resolveFrontEndOptions } from './options.ts';
import { QueryTimer } from './query-timer.ts';
import { Segmenter } from './segmenter.ts';

/** Device samples are worked on in blocks of this size, so that the result does not depend on how the input is cut. */
const DEVICE_BLOCK_SAMPLES: Samples = 128;
/** Audio kept from before the scorer arrives: words spoken while assets load. */
const BACKLOG_SAMPLES: Samples = 10 * SEGMENT_RATE_HZ;
/** Frames scored in one quantum while catching up: 128 ms of audio in at most about 3 ms. */
const FRAMES_PER_PUSH = 4;
/**
 * The whole front end: device-rate samples in, levelled 16 kHz segments of speech out.
 *
 * The same code runs in the AudioWorklet, in the server and on training data. `start`, then `push` in stream order,
 * then `stop` or `cancel`; the query may also end by itself, after which `push` does nothing. `pause` and `resume` bridge
 * a time without sound. Positions are samples at 16 kHz since `start`.
 */
export class FrontEnd {
  readonly #deviceRateHz: Hz;
  readonly #sink: FrontEndSink;
  readonly #resampler: Resampler;
  readonly #defects: DeviceDefects;
  readonly #samples: FloatRing;
  readonly #hops: HopHistory;
  readonly #segmenter: Segmenter;
  readonly #timer: QueryTimer;
  readonly #noise = new NoiseFloorTracker();
  readonly #networkLevel = new NetworkLevel();
  readonly #gate = new EnergyGate();
  readonly #background = new BackgroundLevel(SEGMENT_RATE_HZ);
  readonly #deviceBlock = new Float32Array(DEVICE_BLOCK_SAMPLES);
  readonly #resampled: Float32Array;
  readonly #hop = new Float32Array(HOP_SAMPLES);
  readonly #frame = new Float32Array(FRAME_SAMPLES);
  /** What the network hears by, and what it says: numbers handed to a function as such would go on the heap. */
  readonly #powers = new Float64Array(2);
  readonly #score = new Float64Array(1);
  #scorer: SpeechScorer | undefined;
  #queryId: number | undefined;
  #isStopping = false;
  #pausedBy: SegmentEnd | undefined;
  #isPauseDue = false;
  #deviceBlockFill = 0;
  #deviceSamples: Samples = 0;
  #noiseHops = 0;
  #nextFrameSample: Samples = 0;

  /**
   * @param deviceRateHz Rate of the samples that will be pushed, 8,000 to 192,000.
   * @param scorer Missing while it loads: audio waits, up to ten seconds, and is scored when it comes.
   * @throws RangeError for a rate or an option out of range.
   */
  constructor(
    deviceRateHz: Hz,
    scorer: SpeechScorer | undefined,
    sink: FrontEndSink,
    overrides: FrontEndOverrides = {},
  ) {
    const options = resolveFrontEndOptions(overrides);
    this.#deviceRateHz = deviceRateHz;
    this.#scorer = scorer;
    this.#sink = sink;
    this.#resampler = new Resampler(deviceRateHz);
    this.#resampled = new Float32Array(this.#resampler.maxOutputFor(deviceRateHz));
    this.#defects = new DeviceDefects(deviceRateHz);
    const keptSamples =
      msToSamples(options.maxSegmentMs + options.preRollMs + options.endpointer.hangoverMs, SEGMENT_RATE_HZ) +
      BACKLOG_SAMPLES +
      SEGMENT_RATE_HZ;
    const hopCapacity = Math.ceil(keptSamples / HOP_SAMPLES);
    this.#samples = new FloatRing(hopCapacity * HOP_SAMPLES);
    this.#hops = new HopHistory(hopCapacity, SEGMENT_RATE_HZ);
    this.#segmenter = new Segmenter(deviceRateHz, this.#samples, this.#hops, this.#noise, sink, options);
    this.#timer = new QueryTimer(
      msToSamples(options.queryEndMs, SEGMENT_RATE_HZ),
      msToSamples(options.noSpeechMs, SEGMENT_RATE_HZ),
    );
  }

  /** How much audio the query has heard. */
  get heardSeconds(): Seconds {
    return this.#deviceSamples / this.#deviceRateHz;
  }

  /** True from `start` until the query ended. */
  get isActive(): boolean {
    return this.#queryId !== undefined;
  }

  /** True while the query hears nothing until `resume`, and all that it heard before was posted. */
  get isPaused(): boolean {
    return this.#pausedBy !== undefined && !this.#isPauseDue;
  }

  /** Segments committed in the query. */
  get segmentCount(): number {
    return this.#timer.segmentCount;
  }

  /** Number of the last segment that was opened; 0 when there was none. */
  get lastSegmentId(): number {
    return this.#segmenter.lastSegmentId;
  }

  /** The scorer arrived; what was heard meanwhile is scored in the next pushes. */
  setScorer(scorer: SpeechScorer): void {
    this.#scorer = scorer;
    if (this.#isStopping) this.#finish('stopped');
    else if (this.#isPauseDue) this.#finishPause();
  }

  /** Begins a query with an empty stream; one that still runs is cancelled. */
  start(queryId: number, { ends = 'auto', continues }: QueryStart = {}): void {
    this.cancel();
    this.#queryId = queryId;
    this.#pausedBy = undefined;
    this.#isPauseDue = false;
    this.#resampler.reset();
    this.#defects.reset();
    this.#samples.reset();
    this.#hops.reset();
    this.#noise.reset();
    this.#networkLevel.reset();
    this.#background.reset();
    this.#timer.reset(ends, continues?.segmentCount ?? 0);
    this.#scorer?.reset();
    this.#segmenter.start(queryId, continues);
    this.#deviceBlockFill = 0;
    this.#deviceSamples = 0;
    this.#noiseHops = 0;
    this.#nextFrameSample = 0;
  }

  /**
   * Hears the next samples of the device.
   *
   * @realtime
   * @param block Mono, any length, at the device's rate, nominally in [-1, 1]; read only. Invalid samples count as 0.
   */
  push(block: Float32Array): void {
    if (this.#queryId === undefined || this.#isStopping || this.#pausedBy !== undefined) return;
    for (let i = 0; i < block.length; i++) {
      this.#deviceBlock[this.#deviceBlockFill++] = block[i]!;
      if (this.#deviceBlockFill === DEVICE_BLOCK_SAMPLES) this.#hearDeviceBlock();
    }
    this.#deviceSamples += block.length;
    this.#segmenter.advance();
  }

  /** The audio clock ran on without samples: they are counted in the segment's metrics. @realtime */
  reportMissing(deviceSamples: Samples): void {
    this.#defects.missingSamples += Math.round((deviceSamples * SEGMENT_RATE_HZ) / this.#deviceRateHz);
  }

  /** Who ends the query from now on. */
  setEnds(ends: QueryEnds): void {
    this.#timer.ends = ends;
  }

  /** Closes the open segment, with `end` as its reason, and hears nothing until `resume`; the query stays open. */
  pause(end: SegmentEnd): void {
    if (this.#queryId === undefined || this.#isStopping || this.#pausedBy !== undefined) return;
    this.#pausedBy = end;
    this.#isPauseDue = true;
    if (this.#scorer !== undefined) this.#finishPause();
  }

  /** Hears on after a pause. @param startSample Where in the query the sound begins, at 16 kHz since the press. */
  resume(startSample: Samples): void {
    if (this.#pausedBy === undefined) return;
    this.#pausedBy = undefined;
    this.#isPauseDue = false;
    this.#deviceBlockFill = 0;
    this.#resampler.reset();
    this.#scorer?.reset();
    this.#segmenter.resume(startSample - this.#samples.totalPushed);
    this.#timer.resume(this.#samples.totalPushed);
  }

  /** Ends the query: the open segment is flushed and posted. Waits for the scorer if it has not arrived. */
  stop(): void {
    if (this.#queryId === undefined) return;
    this.#isStopping = true;
    if (this.#scorer !== undefined) this.#finish('stopped');
  }

  /** Ends the query and drops what is open. */
  cancel(): void {
    if (this.#queryId === undefined) return;
    this.#segmenter.drop();
    this.#endQuery('cancelled');
  }

  #hearDeviceBlock(): void {
    this.#deviceBlockFill = 0;
    this.#defects.inspect(this.#deviceBlock);
    this.#hear(this.#resampler.push(this.#deviceBlock, this.#resampled));
    this.#scoreFrames(FRAMES_PER_PUSH);
  }

  /** Takes in the first `count` resampled samples. */
  #hear(count: number): void {
    this.#samples.push(this.#resampled, 0, count);
    while ((this.#hops.hopCount + 1) * HOP_SAMPLES <= this.#samples.totalPushed) {
      const startSample = this.#hops.hopCount * HOP_SAMPLES;
      this.#samples.copyOut(startSample, startSample + HOP_SAMPLES, this.#hop);
      this.#hops.push(this.#hop, this.#defects);
    }
  }

  #scoreFrames(maxCount: number): void {
    const scorer = this.#scorer;
    if (scorer === undefined) {
      this.#limitBacklog();
      return;
    }
    for (let n = 0; n < maxCount && this.#nextFrameSample + FRAME_SAMPLES <= this.#samples.totalPushed; n++) {
      this.#scoreFrame(scorer);
      if (this.#queryId === undefined) return;
    }
  }

  #scoreFrame(scorer: SpeechScorer): void {
    const startSample = this.#nextFrameSample;
    const endSample = startSample + FRAME_SAMPLES;
    this.#nextFrameSample = endSample;
    // The floor follows the scored frames, not the arriving samples: a late scorer hears the same stream.
    for (; (this.#noiseHops + 1) * HOP_SAMPLES <= endSample; this.#noiseHops++) {
      this.#noise.pushHopOf(this.#hops.meanSquare, this.#noiseHops % this.#hops.capacity);
    }
    this.#samples.copyOut(startSample, endSample, this.#frame);
    let sumSquares = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) sumSquares += this.#frame[i]! * this.#frame[i]!;
    this.#powers[FRAME_POWER] = sumSquares / FRAME_SAMPLES;
    this.#noise.writeMeanSquare(this.#powers, NOISE_POWER);
    this.#networkLevel.push(this.#powers);
    this.#networkLevel.apply(this.#frame);
    this.#askScorer(scorer);
    this.#sink.frame(this.#score);
    const heardMs = samplesToMs(endSample, SEGMENT_RATE_HZ);
    if (this.#segmenter.isIdle && this.#gate.isClosed(this.#powers, heardMs)) this.#score[0] = 0;
    const soundStartSample = startSample - scorer.latencySamples;
    const standsOut = this.#background.standsOut(this.#powers);
    if (this.#segmenter.push(this.#score, soundStartSample, endSample, standsOut)) this.#timer.commit(endSample);
    if (this.#segmenter.isIdle) this.#background.push(this.#powers);
    if (!this.#isStopping && !this.#isPauseDue && this.#segmenter.isIdle) {
      const reason = this.#timer.check(endSample);
      if (reason !== undefined) this.#endQuery(reason);
    }
  }

  /** A function of its own, so short that engines inline the scorer into it: its number then stays off the heap. */
  #askScorer(scorer: SpeechScorer): void {
    this.#score[0] = scorer.score(this.#frame);
  }

  /** While the scorer is missing, the oldest audio beyond the backlog is given up. */
  #limitBacklog(): void {
    while (this.#samples.totalPushed - this.#nextFrameSample > BACKLOG_SAMPLES) {
      this.#nextFrameSample += FRAME_SAMPLES;
      this.#noiseHops = Math.floor(this.#nextFrameSample / HOP_SAMPLES);
    }
  }

  #finish(reason: QueryEnd): void {
    // What was heard before a pause has been flushed, unless the scorer came only now.
    if (!this.isPaused) this.#flush('stopped');
    this.#endQuery(reason);
  }

  #finishPause(): void {
    this.#flush(this.#pausedBy ?? 'interrupted');
    this.#isPauseDue = false;
  }

  /** Hears out the resampler's tail, scores all that is left, and posts the open segment. */
  #flush(end: SegmentEnd): void {
    const tail = this.#deviceBlock.subarray(0, this.#deviceBlockFill);
    this.#defects.inspect(tail);
    this.#hear(this.#resampler.push(tail, this.#resampled));
    this.#hear(this.#resampler.flush(this.#resampled));
    this.#scoreFrames(Number.POSITIVE_INFINITY);
    if (this.#segmenter.flush(this.#samples.totalPushed, end)) {
      this.#timer.commit(this.#samples.totalPushed);
    }
  }

  #endQuery(reason: QueryEnd): void {
    const queryId = this.#queryId;
    if (queryId === undefined) return;
    this.#queryId = undefined;
    this.#isStopping = false;
    this.#pausedBy = undefined;
    this.#isPauseDue = false;
    this.#sink.queryEnd({ type: 'query-end', queryId, segmentCount: this.#timer.segmentCount, reason });
  }
}
