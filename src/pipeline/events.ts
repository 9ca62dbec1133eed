import type { SpeechError } from '../errors.ts';
import type { DeliveryTimings } from '../protocol/delivery-messages.ts';
import type { InputMetrics, SegmentEnd, SegmentSpan } from '../protocol/segment.ts';
import type { QueryEnd } from '../protocol/worklet-messages.ts';
import type { Dbfs, Ms } from '../units.ts';
import type { PipelineState } from './pipeline-state.ts';
import type { QueueEvents } from './queue-events.ts';

/** The state changed; `pipeline.state` already shows it. */
export class StateChangeEvent extends Event {
  readonly state: PipelineState;
  constructor(state: PipelineState) {
    super('statechange');
    this.state = state;
  }
}

/** Level of the microphone, about 15 a second while listening. */
export class LevelEvent extends Event {
  readonly rmsDbfs: Dbfs;
  readonly peakDbfs: Dbfs;
  /** The detector's latest speech probability, 0..1. */
  readonly probability: number;
  constructor(rmsDbfs: Dbfs, peakDbfs: Dbfs, probability: number) {
    super('level');
    this.rmsDbfs = rmsDbfs;
    this.peakDbfs = peakDbfs;
    this.probability = probability;
  }
}

/** The detector heard speech begin or end. */
export class SpeechEvent extends Event {
  readonly queryId: number;
  readonly segmentId: number;
  /** Why the segment ended; undefined for `speechstart`. */
  readonly end: SegmentEnd | undefined;
  constructor(type: 'speechstart' | 'speechend', queryId: number, segmentId: number, end?: SegmentEnd) {
    super(type);
    this.queryId = queryId;
    this.segmentId = segmentId;
    this.end = end;
  }
}

/** One segment of speech is complete and on its way: what was measured on it, without its audio. */
export class SegmentEvent extends Event {
  readonly queryId: number;
  readonly segmentId: number;
  readonly span: SegmentSpan;
  readonly metrics: InputMetrics;
  constructor(queryId: number, segmentId: number, span: SegmentSpan, metrics: InputMetrics) {
    super('segment');
    this.queryId = queryId;
    this.segmentId = segmentId;
    this.span = span;
    this.metrics = metrics;
  }
}

/** Where the time of one segment went. */
export interface SegmentTimings extends DeliveryTimings {
  /** From the end of speech, as the detector placed it, to the decision that it ended. */
  readonly endpointMs: Ms;
}

/** The text of one more segment of the query arrived. */
export class TranscriptEvent extends Event {
  readonly queryId: number;
  readonly segmentId: number;
  /** The query so far: the texts of its segments in order, joined. */
  readonly text: string;
  /** This segment's text, with that of the segments it was joined to; empty when there was no speech in it. */
  readonly segmentText: string;
  /** Segments of the query whose text is missing because they could not be sent. */
  readonly failedSegmentCount: number;
  /** 0..1; undefined when the server does not tell. */
  readonly confidence: number | undefined;
  readonly place: 'server' | 'device';
  readonly release: string | undefined;
  readonly timings: SegmentTimings;
  constructor(fields: Omit<TranscriptEvent, keyof Event>) {
    super('transcript');
    this.queryId = fields.queryId;
    this.segmentId = fields.segmentId;
    this.text = fields.text;
    this.segmentText = fields.segmentText;
    this.failedSegmentCount = fields.failedSegmentCount;
    this.confidence = fields.confidence;
    this.place = fields.place;
    this.release = fields.release;
    this.timings = fields.timings;
  }
}

/** What is recognised so far: it may still change, and a `transcript` or an `error` of the segment takes its place. */
export class InterimEvent extends Event {
  readonly queryId: number;
  readonly segmentId: number;
  /** The query so far: final texts, and in its place what is recognised of this segment. */
  readonly text: string;
  /** What is recognised so far of this segment; empty when it failed and nothing of it stands. */
  readonly segmentText: string;
  constructor(queryId: number, segmentId: number, text: string, segmentText: string) {
    super('interim');
    this.queryId = queryId;
    this.segmentId = segmentId;
    this.text = text;
    this.segmentText = segmentText;
  }
}

/** The query is over and all its texts are there (or failed). */
export class QueryEndEvent extends Event {
  readonly queryId: number;
  readonly reason: QueryEnd;
  /** All segments' texts joined; empty when there was no speech. */
  readonly text: string;
  /** Segments whose text is missing because their delivery failed. */
  readonly failedSegmentCount: number;
  constructor(queryId: number, reason: QueryEnd, text: string, failedSegmentCount: number) {
    super('queryend');
    this.queryId = queryId;
    this.reason = reason;
    this.text = text;
    this.failedSegmentCount = failedSegmentCount;
  }
}

/** Bytes heard and bytes sent in this page's visit. */
export class TransferEvent extends Event {
  /** What the microphone delivered, counted as PCM16 at the device's rate. */
  readonly capturedBytes: number;
  /** Request bodies that left the device, repeats included. */
  readonly sentBytes: number;
  constructor(capturedBytes: number, sentBytes: number) {
    super('transfer');
    this.capturedBytes = capturedBytes;
    this.sentBytes = sentBytes;
  }
}

/** The on-device recogniser is being downloaded. */
export class ModelProgressEvent extends Event {
  readonly loadedBytes: number;
  readonly totalBytes: number;
  constructor(loadedBytes: number, totalBytes: number) {
    super('modelprogress');
    this.loadedBytes = loadedBytes;
    this.totalBytes = totalBytes;
  }
}

/** Something failed: the microphone (the state is then `failed`), or one segment's delivery (it waits in the queue). */
export class SpeechErrorEvent extends Event {
  readonly error: SpeechError;
  /** Set when a segment's delivery failed. */
  readonly segmentId: number | undefined;
  readonly queryId: number | undefined;
  constructor(error: SpeechError, queryId?: number, segmentId?: number) {
    super('error');
    this.error = error;
    this.queryId = queryId;
    this.segmentId = segmentId;
  }
}

/** Every event of a {@link SpeechPipeline}. */
export interface SpeechPipelineEvents extends QueueEvents {
  readonly statechange: StateChangeEvent;
  readonly level: LevelEvent;
  readonly speechstart: SpeechEvent;
  readonly speechend: SpeechEvent;
  readonly segment: SegmentEvent;
  readonly interim: InterimEvent;
  readonly transcript: TranscriptEvent;
  readonly queryend: QueryEndEvent;
  readonly transfer: TransferEvent;
  readonly modelprogress: ModelProgressEvent;
  readonly error: SpeechErrorEvent;
}
