export type { Kernel } from './capture/assets.ts';
export { isSpeechError, SpeechError, type SpeechErrorCode } from './errors.ts';
export type { Preset } from './front-end/presets.ts';
export {
  InterimEvent,
  LevelEvent,
  ModelProgressEvent,
  QueryEndEvent,
  SegmentEvent,
  type SegmentTimings,
  SpeechErrorEvent,
  SpeechEvent,
  type SpeechPipelineEvents,
  StateChangeEvent,
  TranscriptEvent,
  TransferEvent,
} from './pipeline/events.ts';
export type { HearingOptions, SpeechPipelineOptions, StartOptions } from './pipeline/options.ts';
export type { PipelineState } from './pipeline/pipeline-state.ts';
export {
  QueueChangeEvent,
  QueueDroppedEvent,
  QueuedEvent,
  type QueueEvents,
  QueueMemoryEvent,
  SentEvent,
} from './pipeline/queue-events.ts';
export { SpeechPipeline } from './pipeline/speech-pipeline.ts';
export type { SpeechQueue } from './pipeline/speech-queue.ts';
export type {
  ClipEncoding,
  DeliveryTimings,
  GetToken,
  PredictPlace,
  ResponseFormat,
} from './protocol/delivery-messages.ts';
export {
  type DropReason,
  OUTBOX_SYNC_TAG,
  type SendReport,
  type StorageProblem,
  type WaitingQuery,
} from './protocol/outbox.ts';
export type { QueryEnds } from './protocol/query-start.ts';
export type { InputMetrics, SegmentEnd, SegmentSpan } from './protocol/segment.ts';
export type { QueryEnd } from './protocol/worklet-messages.ts';
