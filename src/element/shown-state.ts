import type { PredictPlace } from '../index.ts';
import type { VoiceState } from './voice-state.ts';
import { type FailureContext, failureWords, isWorthAnotherTry, privacyWords, quoted } from './voice-words.ts';
import { type EarlyMessageKey, fillIn, type MessageKey } from './words/messages.ts';

/** What a button beside the words does. */
export type VoiceAction =
  | 'allow'
  | 'type-instead'
  | 'accept'
  | 'edit'
  | 'again'
  | 'undo'
  | 'try-again'
  | 'retry'
  | 'resend'
  | 'resume';

/** How a state looks; the words never depend on it being seen. */
export type Tone = 'quiet' | 'live' | 'busy' | 'done' | 'problem';

/** What the element says in a state. */
export interface ShownState {
  readonly words: string;
  readonly tone: Tone;
  readonly actions: readonly VoiceAction[];
}

/** What the words depend on besides the state. */
export interface WordContext extends FailureContext {
  readonly predict: PredictPlace;
  /** Speech that cannot be sent is kept on the device. */
  readonly isQueueing: boolean;
  /** The text of voice can be taken back. */
  readonly isUndoable: boolean;
}

/** Names of the actions' labels. */
export const ACTION_LABELS: Readonly<Record<VoiceAction, EarlyMessageKey>> = {
  allow: 'allow',
  'type-instead': 'type-instead',
  accept: 'yes',
  edit: 'edit',
  again: 'again',
  undo: 'undo',
  'try-again': 'try-again',
  retry: 'retry',
  resend: 'try-again',
  resume: 'resume',
};

/** The words, look and buttons of a state; pure. */
export function shownState(state: VoiceState, context: WordContext): ShownState {
  const { messages, host } = context;
  const say = (key: MessageKey, text: string = ''): string => fillIn(messages[key] ?? '', { host, text });
  switch (state.phase) {
    case 'idle':
      return { words: '', tone: 'quiet', actions: [] };
    case 'offline':
      return { words: say(context.isQueueing ? 'offline-queue' : 'offline'), tone: 'quiet', actions: [] };
    case 'priming':
      return { words: privacyWords(context.predict, context), tone: 'quiet', actions: ['allow', 'type-instead'] };
    case 'requesting':
      return { words: say(state.isReconnecting ? 'reconnecting' : 'requesting'), tone: 'busy', actions: [] };
    case 'listening':
    case 'speaking': {
      const hint = state.hint === 'none' ? '' : ` ${say(state.hint)}`;
      return { words: say(state.phase) + hint, tone: 'live', actions: [] };
    }
    case 'interrupted':
      return { words: say('interrupted'), tone: 'problem', actions: ['resume'] };
    case 'processing':
      return { words: state.isLong ? say('processing') : '', tone: 'busy', actions: [] };
    case 'result':
      return {
        words: say('result', quoted(state.text)),
        tone: 'done',
        actions: context.isUndoable ? ['undo', 'again'] : ['again'],
      };
    case 'uncertain': {
      const key = state.why === 'unsure' ? 'uncertain' : state.why;
      return { words: say(key, quoted(state.text)), tone: 'done', actions: ['accept', 'edit', 'again'] };
    }
    case 'no-speech':
      return { words: say('no-speech'), tone: 'problem', actions: ['try-again'] };
    case 'denied':
      return { words: failureWords('denied', context), tone: 'problem', actions: ['retry'] };
    case 'error':
      return errorWords(state, context, say);
    default:
      return {
        words: failureWords(state.phase, context),
        tone: 'problem',
        actions: isWorthAnotherTry(state.phase) ? ['try-again'] : [],
      };
  }
}

function errorWords(
  { code, isKept, text }: Extract<VoiceState, { phase: 'error' }>,
  context: WordContext,
  say: (key: MessageKey, text?: string) => string,
): ShownState {
  const sentences = [failureWords(code, context)];
  if (text !== '') sentences.unshift(say('partly', quoted(text)));
  if (isKept) sentences.push(say(context.isQueueing ? 'kept-stored' : 'kept-open'));
  return {
    words: sentences.join(' '),
    tone: 'problem',
    actions: isWorthAnotherTry(code) ? [isKept ? 'resend' : 'try-again'] : [],
  };
}
