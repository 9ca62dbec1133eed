import type { QueryEnds } from '../index.ts';
import {
  isMicrophoneFailure,
  isMicrophoneOpen,
  type OfferReason,
  type VoiceEffect,
  type VoiceInput,
  type VoiceState,
} from './voice-state.ts';

/** Everything that decides what an input does. */
export interface VoiceModel {
  readonly state: VoiceState;
  /** Number of the press that the state belongs to. */
  readonly run: number;
  /** A person changed the text since the press. */
  readonly hasTyped: boolean;
  readonly isOnline: boolean;
}

/** What a step leads to. */
export interface VoiceStep {
  readonly model: VoiceModel;
  readonly effects: readonly VoiceEffect[];
}

/** Before the first press. */
export const INITIAL_MODEL: VoiceModel = { state: { phase: 'idle' }, run: 0, hasTyped: false, isOnline: true };

/**
 * The element's state after an input, and what has to be done; pure. An input that means nothing in a state, or belongs to
 * an earlier press, gives the same model and no effect.
 */
export function stepVoice(model: VoiceModel, input: VoiceInput): VoiceStep {
  if ('run' in input && input.run !== model.run) return same(model);
  switch (input.type) {
    case 'press':
      return press(model, input.ends, input.isPrimed);
    case 'refuse':
      if (isMicrophoneOpen(model.state) || model.state.phase === 'processing') return same(model);
      return to({ ...model, run: model.run + 1 }, { phase: input.reason }, { type: 'announce' });
    case 'allow':
      if (model.state.phase !== 'priming') return same(model);
      // The press that asked is over by now, so that nobody holds it.
      return open(model, 'auto', [{ type: 'remember-consent' }]);
    case 'type-instead':
      if (model.state.phase !== 'priming') return same(model);
      return rest(model, { type: 'tell', what: 'switch-typing' }, { type: 'focus', on: 'field' });
    case 'stop':
      return stop(model);
    case 'cancel':
      return cancel(model);
    case 'leave': {
      const left = cancel(model);
      return { ...left, effects: left.effects.filter(({ type }) => type === 'drop') };
    }
    case 'typed':
      return typed(model);
    case 'accept':
    case 'edit':
      return take(model, input.type === 'accept');
    case 'resend':
      return model.state.phase === 'error' && model.state.isKept
        ? wait(model, { type: 'resend', run: model.run })
        : same(model);
    case 'undone':
      return model.state.phase === 'result' ? rest(model) : same(model);
    case 'online':
    case 'offline':
      return network(model, input.type === 'online');
    case 'late':
      return late(model, input.text);
    default:
      return hear(model, input);
  }
}

type Heard = Extract<VoiceInput, { readonly run: number } | { readonly type: 'resume' }>;

/** What the pipeline reports of the present press. */
function hear(model: VoiceModel, input: Heard): VoiceStep {
  const { state } = model;
  switch (input.type) {
    case 'resume':
      return state.phase === 'interrupted' ? { model, effects: [{ type: 'resume' }] } : same(model);
    case 'audio':
      return audio(model, input.now);
    case 'level':
      if ((state.phase !== 'listening' && state.phase !== 'speaking') || state.hint === input.hint) return same(model);
      return to(model, { ...state, hint: input.hint });
    case 'heard-so-far':
      if (!('partial' in state) || state.partial === input.text) return same(model);
      return to(model, { ...state, partial: input.text });
    case 'slow':
      if (state.phase !== 'processing' || state.isLong) return same(model);
      return to(model, { ...state, isLong: true });
    case 'settled':
      return state.phase === 'processing' ? rest(model) : same(model);
    case 'heard':
      return heard(model, input.text, input.isSure);
    case 'failed': {
      if (!isMicrophoneOpen(state) && state.phase !== 'processing' && state.phase !== 'error') return same(model);
      const { code, text, isKept } = input;
      const failed: VoiceState = isMicrophoneFailure(code) ? { phase: code } : { phase: 'error', code, text, isKept };
      return to(model, failed, { type: 'announce' });
    }
    default:
      return input satisfies never;
  }
}

function press(model: VoiceModel, ends: QueryEnds, isPrimed: boolean): VoiceStep {
  const { phase } = model.state;
  if (isMicrophoneOpen(model.state) || phase === 'priming') return same(model);
  if (!isPrimed) return to(model, { phase: 'priming' }, { type: 'focus', on: 'panel' });
  const isAgain = phase === 'result' || phase === 'uncertain' || phase === 'no-speech';
  return open(model, ends, isAgain ? [{ type: 'tell', what: 'search-again' }] : []);
}

function open(model: VoiceModel, ends: QueryEnds, first: readonly VoiceEffect[]): VoiceStep {
  const run = model.run + 1;
  return {
    model: { ...model, run, hasTyped: false, state: { phase: 'requesting', isReconnecting: false, isStopping: false } },
    effects: [...first, { type: 'open', run, ends }],
  };
}

function stop(model: VoiceModel): VoiceStep {
  const { state } = model;
  // Nothing can have been said before audio flows.
  if (state.phase === 'requesting' && !state.isReconnecting) return cancel(model);
  if (!('isStopping' in state)) return same(model);
  return state.isStopping ? same(model) : to(model, { ...state, isStopping: true }, { type: 'close' });
}

/** Leads back to rest from everywhere; a query that is cancelled leaves nothing behind. */
function cancel(model: VoiceModel): VoiceStep {
  const { state } = model;
  if (state.phase === 'idle' || state.phase === 'offline') return same(model);
  const isUnderWay = isMicrophoneOpen(state) || state.phase === 'processing';
  const later = isUnderWay ? { ...model, run: model.run + 1 } : model;
  if (state.phase === 'priming') return rest(later, { type: 'focus', on: 'microphone' });
  return isUnderWay ? rest(later, { type: 'drop' }) : rest(later);
}

/** Typing goes first: from now on nothing that was said replaces the text unasked. */
function typed(model: VoiceModel): VoiceStep {
  const { state } = model;
  const later = { ...model, hasTyped: true };
  if (isMicrophoneOpen(state) || state.phase === 'processing') return { model: later, effects: switchOnce(model) };
  if (isMicrophoneFailure(state.phase) || state.phase === 'error') return { model: later, effects: switchOnce(model) };
  if (state.phase === 'idle' || state.phase === 'offline') return { model: later, effects: [] };
  return rest(later, ...(state.phase === 'result' ? [] : switchOnce(model)));
}

function switchOnce(model: VoiceModel): readonly VoiceEffect[] {
  return model.hasTyped ? [] : [{ type: 'tell', what: 'switch-typing' }];
}

function take(model: VoiceModel, isAccepted: boolean): VoiceStep {
  const { state } = model;
  if (state.phase !== 'uncertain') return same(model);
  const place: VoiceEffect = { type: 'place', text: state.text };
  const later = { ...model, hasTyped: false };
  return isAccepted
    ? to(later, { phase: 'result', text: state.text }, place, { type: 'search' })
    : rest(later, place, { type: 'focus', on: 'field' });
}

function network(model: VoiceModel, isOnline: boolean): VoiceStep {
  if (model.isOnline === isOnline) return same(model);
  const later = { ...model, isOnline };
  const { state } = later;
  if (state.phase === 'idle' || state.phase === 'offline') return rest(later);
  const isMended =
    state.phase === 'error' && state.isKept && (state.code === 'offline' || state.code === 'unreachable');
  return isOnline && isMended ? wait(later, { type: 'resend', run: later.run }) : { model: later, effects: [] };
}

function audio(model: VoiceModel, now: Extract<VoiceInput, { type: 'audio' }>['now']): VoiceStep {
  const { state } = model;
  if (!isMicrophoneOpen(state)) return same(model);
  const isStopping = 'isStopping' in state && state.isStopping;
  const { hint, partial } = 'hint' in state ? state : { hint: 'none' as const, partial: '' };
  switch (now) {
    case 'listening':
    case 'speaking':
      return state.phase === now ? same(model) : to(model, { phase: now, hint, partial, isStopping });
    case 'interrupted':
      return state.phase === now ? same(model) : to(model, { phase: now, isStopping });
    case 'reconnecting':
      return to(model, { phase: 'requesting', isReconnecting: true, isStopping });
    case 'closed':
      return wait(model, undefined, partial);
    default:
      return now satisfies never;
  }
}

function heard(model: VoiceModel, text: string, isSure: boolean): VoiceStep {
  const { state, hasTyped } = model;
  // A microphone that failed late may still have brought a text; that nothing came with it is no news.
  const isFailed = isMicrophoneFailure(state.phase) || state.phase === 'error';
  if (!isMicrophoneOpen(state) && state.phase !== 'processing' && !(isFailed && text !== '')) return same(model);
  if (text === '') return to(model, { phase: 'no-speech' }, { type: 'announce' });
  if (hasTyped || !isSure) return offer(model, text, hasTyped ? 'typed' : 'unsure');
  return to(model, { phase: 'result', text }, { type: 'place', text }, { type: 'search' }, { type: 'announce' });
}

function late(model: VoiceModel, text: string): VoiceStep {
  const { phase } = model.state;
  if (text === '' || (phase !== 'idle' && phase !== 'offline' && phase !== 'no-speech' && phase !== 'error'))
    return same(model);
  return offer(model, text, 'late');
}

function offer(model: VoiceModel, text: string, why: OfferReason): VoiceStep {
  return to(model, { phase: 'uncertain', text, why }, { type: 'announce' });
}

function wait(model: VoiceModel, first: VoiceEffect | undefined, partial: string = ''): VoiceStep {
  const state: VoiceState = { phase: 'processing', isLong: false, partial };
  return to(model, state, ...(first === undefined ? [] : [first]), { type: 'await', run: model.run });
}

function rest(model: VoiceModel, ...effects: VoiceEffect[]): VoiceStep {
  return to(model, { phase: model.isOnline ? 'idle' : 'offline' }, ...effects);
}

function to(model: VoiceModel, state: VoiceState, ...effects: VoiceEffect[]): VoiceStep {
  return { model: { ...model, state }, effects };
}

function same(model: VoiceModel): VoiceStep {
  return { model, effects: [] };
}
