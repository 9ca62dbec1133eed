import type { SpeechError } from '../errors.ts';

/** What the pipeline is doing; one phase at a time, and a field only where it means something. */
export type PipelineState =
  | { readonly phase: 'idle' }
  /** The browser asks the user for the microphone. */
  | { readonly phase: 'requesting' }
  /** The microphone is granted; audio is about to flow. */
  | { readonly phase: 'starting' }
  /** Audio flows. `isSpeaking` while the detector hears speech. */
  | { readonly phase: 'listening'; readonly queryId: number; readonly isSpeaking: boolean }
  /** The microphone is off; texts of the query are still on the way. */
  | { readonly phase: 'finishing'; readonly queryId: number }
  /** The system took the audio away for a while; `resume()` or the system gives it back. */
  | { readonly phase: 'interrupted'; readonly queryId: number }
  /** The device went away; the pipeline opens another. */
  | { readonly phase: 'recovering'; readonly queryId: number }
  /** The microphone could not be used. `start()` tries again. */
  | { readonly phase: 'failed'; readonly error: SpeechError };
