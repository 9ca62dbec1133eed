import type { SpeechError } from '../errors.ts';
import type { PipelineState } from './pipeline-state.ts';

/** What moves a pipeline from one state to the next. */
export type StateInput =
  /** The microphone is asked for. */
  | { readonly type: 'request' }
  /** It is granted. */
  | { readonly type: 'grant' }
  /** Audio flows, for the first time or again; is taken away by the system; comes from another microphone soon. */
  | { readonly type: 'listening' | 'interrupted' | 'recovering'; readonly queryId: number }
  | { readonly type: 'speech'; readonly queryId: number; readonly isSpeaking: boolean }
  /** The microphone is closed; texts are awaited. */
  | { readonly type: 'finish'; readonly queryId: number }
  /** All texts of the query are there. */
  | { readonly type: 'settle' }
  | { readonly type: 'fail'; readonly error: SpeechError }
  /** Everything was given up. */
  | { readonly type: 'rest' };

/** The state after an input; the same object when the input changes nothing. Pure. */
export function stepState(state: PipelineState, input: StateInput): PipelineState {
  const { phase } = state;
  switch (input.type) {
    case 'request':
      return { phase: 'requesting' };
    case 'grant':
      return phase === 'requesting' ? { phase: 'starting' } : state;
    case 'listening':
      if (phase !== 'starting' && phase !== 'interrupted' && phase !== 'recovering') return state;
      return { phase: 'listening', queryId: input.queryId, isSpeaking: false };
    case 'speech': {
      const { queryId, isSpeaking } = input;
      if (phase !== 'listening' || state.queryId !== queryId || state.isSpeaking === isSpeaking) return state;
      return { phase: 'listening', queryId, isSpeaking };
    }
    case 'interrupted':
      if (phase !== 'listening' && phase !== 'recovering' && phase !== 'starting') return state;
      return { phase: 'interrupted', queryId: input.queryId };
    case 'recovering':
      if (phase !== 'listening' && phase !== 'interrupted') return state;
      return { phase: 'recovering', queryId: input.queryId };
    case 'finish':
      return isOpen(phase) ? { phase: 'finishing', queryId: input.queryId } : state;
    case 'settle':
      return phase === 'finishing' ? { phase: 'idle' } : state;
    case 'fail':
      return { phase: 'failed', error: input.error };
    case 'rest':
      return phase === 'idle' ? state : { phase: 'idle' };
    default:
      return input satisfies never;
  }
}

/** True while the microphone is open, or about to be. */
function isOpen(phase: PipelineState['phase']): boolean {
  return phase !== 'idle' && phase !== 'finishing' && phase !== 'failed';
}
