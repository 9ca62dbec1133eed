import type {
  CommitMessage,
  QueryEndMessage,
  RetractMessage,
  SpeechEndMessage,
  SpeechStartMessage,
  TakeMessage,
} from '../protocol/worklet-messages.ts';

/** Who hears what the front end finds; called from inside `push` and `stop`, in the order of the stream. */
export interface FrontEndSink {
  /**
   * Every 32 ms frame. Called in the hot path: allocate nothing.
   *
   * @realtime
   * @param score Holds the frame's speech probability at index 0, until the next frame; the front end's own, read only.
   */
  frame(score: Float64Array): void;
  speechStart(message: SpeechStartMessage): void;
  speechEnd(message: SpeechEndMessage): void;
  /** `message.pcm16` belongs to the sink from now on. */
  take(message: TakeMessage): void;
  commit(message: CommitMessage): void;
  retract(message: RetractMessage): void;
  /** The query takes no more audio; `start` begins the next. */
  queryEnd(message: QueryEndMessage): void;
}
