import type { SpeechError } from '../errors.ts';
import type { SegmentEnd } from '../protocol/segment.ts';
import type { Ms } from '../units.ts';

/** Why the microphone, or the audio context that hears it, is of no more use. */
export interface Loss {
  /** What is told when nothing better is found. */
  readonly error: SpeechError;
  /** Why the segment that was open ended. */
  readonly end: SegmentEnd;
}

/** Who keeps the sound from us: the system, which stopped the audio context, or the microphone's own mute. */
export type Taker = 'context' | 'track';

/** What becomes of one query's sound. */
export type CaptureState =
  | { readonly phase: 'closed' }
  /** Microphone and audio context are being opened. */
  | { readonly phase: 'opening'; readonly takenBy: readonly Taker[] }
  | { readonly phase: 'listening'; readonly recoveredAtMs: Ms }
  /** The sound was taken away, and will be given back. */
  | { readonly phase: 'interrupted'; readonly takenBy: readonly Taker[]; readonly recoveredAtMs: Ms }
  /** Microphone and audio context are replaced. */
  | { readonly phase: 'recovering'; readonly takenBy: readonly Taker[]; readonly loss: Loss };

/** What happens to it. */
export type CaptureInput =
  | { readonly type: 'open' }
  | { readonly type: 'opened' }
  | { readonly type: 'taken'; readonly by: Taker }
  | { readonly type: 'given-back'; readonly by: Taker }
  /** Another microphone, or another context, may help. */
  | { readonly type: 'lost'; readonly loss: Loss }
  /** Nothing helps: the permission was withdrawn, or a part of ours cannot run. */
  | { readonly type: 'broken'; readonly loss: Loss }
  | { readonly type: 'reopened' }
  | { readonly type: 'reopen-failed'; readonly error: SpeechError }
  | { readonly type: 'close' };

/** What is to be done, in this order. */
export type CaptureEffect =
  /** Flush the open segment, with this reason, and hear nothing for now. */
  | { readonly type: 'pause'; readonly end: SegmentEnd }
  | { readonly type: 'resume' }
  /** Open the default microphone on a new audio context and go on with the query. */
  | { readonly type: 'rebuild' }
  | { readonly type: 'fail'; readonly error: SpeechError };

/** The state after an input, and what is to be done about it. */
export interface CaptureStep {
  readonly state: CaptureState;
  readonly effects: readonly CaptureEffect[];
}

/** Nothing is open. */
export const CAPTURE_CLOSED: CaptureState = { phase: 'closed' };

/**
 * A microphone that is lost again so soon after another was opened is not worth a third: it would be opened and lost
 * without end. Long enough for the 2 s of digital silence and the 4 s of starvation that are noticed as a loss.
 */
export const RECOVERY_REST_MS: Ms = 10_000;

/** Decides what a change of the microphone's or the context's health means. Pure; what fits no state changes nothing. */
export function stepCapture(state: CaptureState, input: CaptureInput, nowMs: Ms): CaptureStep {
  switch (input.type) {
    case 'open':
      return { state: { phase: 'opening', takenBy: [] }, effects: [] };
    case 'close':
      return { state: CAPTURE_CLOSED, effects: [] };
    case 'broken':
      return state.phase === 'closed' ? unchanged(state) : failed(state, input.loss.error, input.loss.end);
    default:
      break;
  }
  switch (state.phase) {
    case 'closed':
      return unchanged(state);
    case 'opening':
      if (input.type === 'opened') return begun(state.takenBy, Number.NEGATIVE_INFINITY);
      if (input.type === 'lost') return failed(state, input.loss.error, input.loss.end);
      return { state: { ...state, takenBy: takers(state.takenBy, input) }, effects: [] };
    case 'recovering':
      if (input.type === 'reopened') return begun(state.takenBy, nowMs);
      if (input.type === 'reopen-failed') {
        // That there is no other microphone is no news to someone whose microphone has just gone.
        const error = input.error.code === 'no-device' ? state.loss.error : input.error;
        return failed(state, error, state.loss.end);
      }
      return { state: { ...state, takenBy: takers(state.takenBy, input) }, effects: [] };
    case 'listening':
      if (input.type === 'lost') return recovered(state, input.loss, nowMs);
      if (input.type === 'taken') return begun([input.by], state.recoveredAtMs);
      return unchanged(state);
    case 'interrupted': {
      if (input.type === 'lost') return recovered(state, input.loss, nowMs);
      const takenBy = takers(state.takenBy, input);
      if (takenBy.length > 0) return { state: { ...state, takenBy }, effects: [] };
      return {
        state: { phase: 'listening', recoveredAtMs: state.recoveredAtMs },
        effects: [{ type: 'resume' }],
      };
    }
    default:
      return state satisfies never;
  }
}

function unchanged(state: CaptureState): CaptureStep {
  return { state, effects: [] };
}

function begun(takenBy: readonly Taker[], recoveredAtMs: Ms): CaptureStep {
  if (takenBy.length === 0) return { state: { phase: 'listening', recoveredAtMs }, effects: [] };
  return {
    state: { phase: 'interrupted', takenBy, recoveredAtMs },
    effects: [{ type: 'pause', end: 'interrupted' }],
  };
}

function recovered(state: { readonly recoveredAtMs: Ms }, loss: Loss, nowMs: Ms): CaptureStep {
  if (nowMs - state.recoveredAtMs < RECOVERY_REST_MS) {
    return {
      state: CAPTURE_CLOSED,
      effects: [
        { type: 'pause', end: loss.end },
        { type: 'fail', error: loss.error },
      ],
    };
  }
  return {
    state: { phase: 'recovering', takenBy: [], loss },
    effects: [{ type: 'pause', end: loss.end }, { type: 'rebuild' }],
  };
}

function failed(state: CaptureState, error: SpeechError, end: SegmentEnd): CaptureStep {
  const isHearing = state.phase === 'listening';
  return {
    state: CAPTURE_CLOSED,
    effects: [...(isHearing ? [{ type: 'pause', end } as const] : []), { type: 'fail', error }],
  };
}

function takers(takenBy: readonly Taker[], input: CaptureInput): readonly Taker[] {
  if (input.type === 'taken') return takenBy.includes(input.by) ? takenBy : [...takenBy, input.by];
  if (input.type === 'given-back') return takenBy.filter((by) => by !== input.by);
  return takenBy;
}
