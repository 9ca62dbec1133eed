import type { PredictPlace } from '../protocol/delivery-messages.ts';
import type { SpeechPipelineEvents } from './events.ts';
import type { SpeechPipelineOptions } from './options.ts';
import type { PipelineState } from './pipeline-state.ts';
import { TypedEventTarget } from './typed-event-target.ts';

export class SpeechPipeline extends TypedEventTarget<SpeechPipelineEvents> {
  constructor(_options: SpeechPipelineOptions = {}) {
    super();
  }
  /** The current state. */
  get state(): PipelineState {
    throw new Error('being written');
  }
  /** Fetches worklet, kernel and workers, so that a press starts at once. Idempotent; call it on intent (pointerenter, focus). */
  async warm(): Promise<void> {}
  /** Opens the microphone and begins a query; ends the running one first. Resolves when audio flows; rejects with SpeechError. */
  async start(_options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    throw new Error('being written');
  }
  /** Closes the microphone, flushing the open segment. Resolves when the query's texts are there. */
  async stop(): Promise<void> {}
  /** Closes the microphone and drops what was heard. */
  cancel(): void {}
  /** Sends failed segments again; resolves with their count. */
  async retry(): Promise<number> {
    return 0;
  }
  /** Changes where the next segments are recognised. */
  async setPredict(_place: PredictPlace): Promise<void> {}
  /** Downloads and starts the on-device recogniser (`modelprogress` events tell how far). */
  async loadRecogniser(): Promise<void> {}
  /** Ends everything; idempotent. */
  async close(): Promise<void> {}
}
