import type { Dbfs, Hz, Samples } from '../units.ts';
import type { InputMetrics, SegmentEnd, SegmentSpan } from './segment.ts';

/** A finished stretch of speech, posted as soon as its end is likely: commit or retract follows. */
export interface TakeMessage {
  readonly type: 'take';
  readonly queryId: number;
  readonly segmentId: number;
  readonly takeId: number;
  /** Mono at 16 kHz, trimmed and levelled. Transferred: the worklet must not touch it again. */
  readonly pcm16: Int16Array<ArrayBuffer>;
  readonly span: SegmentSpan;
  readonly metrics: InputMetrics;
}

/** The take's end stood: its answer may be shown. */
export interface CommitMessage {
  readonly type: 'commit';
  readonly queryId: number;
  readonly segmentId: number;
  readonly takeId: number;
  readonly end: SegmentEnd;
}

/** Speech went on: forget the take; a longer one of the same segment follows. */
export interface RetractMessage {
  readonly type: 'retract';
  readonly queryId: number;
  readonly segmentId: number;
  readonly takeId: number;
}

/** Why a query ended. */
export type QueryEnd = 'silence' | 'no-speech' | 'stopped' | 'cancelled';

/** The query takes no more segments. `segmentCount` of its takes were committed. */
export interface QueryEndMessage {
  readonly type: 'query-end';
  readonly queryId: number;
  readonly segmentCount: number;
  readonly reason: QueryEnd;
}

/** Worklet to delivery worker, over a port that the page made and handed to both. */
export type FromWorkletToDelivery = TakeMessage | CommitMessage | RetractMessage | QueryEndMessage;

/** About 15 a second while listening. */
export interface LevelMessage {
  readonly type: 'level';
  readonly rmsDbfs: Dbfs;
  readonly peakDbfs: Dbfs;
  /** The detector's latest speech probability, 0..1. */
  readonly probability: number;
  /** Device samples heard since the press, at the device's rate. */
  readonly heardSamples: Samples;
}

/** The worklet is up and its kernel runs. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly deviceRateHz: Hz;
}

export interface SpeechStartMessage {
  readonly type: 'speech-start';
  readonly queryId: number;
  readonly segmentId: number;
  readonly speechStartSample: Samples;
}

export interface SpeechEndMessage {
  readonly type: 'speech-end';
  readonly queryId: number;
  readonly segmentId: number;
  readonly speechEndSample: Samples;
  readonly end: SegmentEnd;
  /** Samples at 16 kHz heard when the end was decided: the endpointing delay is the difference. */
  readonly heardSamples: Samples;
}

/** The worklet hears nothing until it is resumed, and all that it heard before was posted. */
export interface PausedMessage {
  readonly type: 'paused';
  readonly queryId: number;
  /** The query's last segment's; of an earlier query, or 0, when there was none. */
  readonly lastSegmentId: number;
  /** Segments of the query that were committed. */
  readonly segmentCount: number;
}

/** The microphone is live but has delivered only digital zeros for 2 s, or far fewer samples than its clock. */
export interface CaptureFaultMessage {
  readonly type: 'fault';
  readonly code: 'silent' | 'starved' | 'assets' | 'internal';
  readonly message: string;
}

/** Worklet to page, over the node's own port. No audio. */
export type FromWorkletToPage =
  | ReadyMessage
  | LevelMessage
  | SpeechStartMessage
  | SpeechEndMessage
  | PausedMessage
  | QueryEndMessage
  | CaptureFaultMessage;
