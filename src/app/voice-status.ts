import type { LevelHint } from '../element/level-hint.ts';
import type { Tone } from '../element/shown-state.ts';
import { isWorthAnotherTry, quoted } from '../element/voice-words.ts';
import { fillIn } from '../element/words/messages.ts';
import type { PipelineState, SpeechErrorCode } from '../index.ts';
import { type ErrorContext, errorWords, MESSAGES, VOICE_WORDS } from './messages.ts';

/** How the last query went; `none` before the first one and once a new one begins. */
export type VoiceOutcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'no-speech' }
  /** `placing`: whether the text stands in the field, or only waits because the person typed meanwhile. */
  | { readonly kind: 'heard'; readonly text: string; readonly placing: 'in-field' | 'offered' }
  /** No microphone to begin with, or delivery failed; `text` is what was recognised nevertheless, maybe empty. */
  | { readonly kind: 'failed'; readonly code: SpeechErrorCode; readonly text: string };

/** Everything that the words depend on. */
export interface VoiceSituation extends ErrorContext {
  readonly state: PipelineState;
  readonly outcome: VoiceOutcome;
  /** Failed segments are being sent again. */
  readonly isRetrying: boolean;
  /** Texts have been awaited for so long that it should be said. */
  readonly isWaitLong: boolean;
  readonly levelHint: LevelHint;
  readonly isOnline: boolean;
  /** The recogniser on this device is loaded and may be used. */
  readonly isRecogniserHere: boolean;
  /** The field can be put back to what it held before the microphone was pressed. */
  readonly isUndoable: boolean;
}

/** What a button beside the status does. */
export type StatusAction = 'start' | 'retry' | 'resume' | 'undo' | 'use-heard';

/** What the page says about the microphone. */
export interface VoiceStatus {
  readonly words: string;
  readonly tone: Tone;
  readonly actions: readonly { readonly action: StatusAction; readonly label: string }[];
  /** The microphone button is pressed in. */
  readonly isPressed: boolean;
  /** To be read aloud; never while the microphone could hear it. */
  readonly isSpoken: boolean;
}

/** Silence about "Transcribing…" for this long: most answers come sooner, and a flash of words is noise. */
export const TRANSCRIBING_AFTER_MS = 300;

/** Codes after which the server would refuse the same words again. */
const NOT_KEPT: ReadonlySet<SpeechErrorCode> = new Set(['rejected']);

/** The words, look and buttons for a situation; pure. */
export function voiceStatus(situation: VoiceSituation): VoiceStatus {
  const { state } = situation;
  switch (state.phase) {
    case 'requesting':
      return open(VOICE_WORDS.requesting, 'busy');
    case 'starting':
      return open(MESSAGES.starting, 'busy');
    case 'listening':
      return open(
        withHint(state.isSpeaking ? VOICE_WORDS.speaking : VOICE_WORDS.listening, situation.levelHint),
        'live',
      );
    case 'recovering':
      return open(VOICE_WORDS.reconnecting, 'busy');
    case 'interrupted': {
      const actions = [{ action: 'resume', label: VOICE_WORDS.resume }] as const;
      return { words: VOICE_WORDS.interrupted, tone: 'problem', actions, isPressed: true, isSpoken: true };
    }
    case 'finishing':
      return waiting(situation);
    case 'failed':
      return closed(errorWords(state.error.code, situation), 'problem', againActions(state.error.code, 'start'));
    case 'idle':
      return situation.isRetrying ? waiting(situation) : afterwards(situation);
    default:
      return unreachable(state);
  }
}

function afterwards(situation: VoiceSituation): VoiceStatus {
  const { outcome } = situation;
  switch (outcome.kind) {
    case 'none':
      return { ...closed(idleWords(situation), 'quiet', []), isSpoken: !situation.isOnline };
    case 'cancelled':
      return closed(MESSAGES.cancelled, 'quiet', []);
    case 'no-speech':
      return closed(VOICE_WORDS['no-speech'], 'problem', [{ action: 'start', label: VOICE_WORDS['try-again'] }]);
    case 'heard': {
      if (outcome.placing === 'offered') {
        const useHeard = { action: 'use-heard', label: MESSAGES.useHeard } as const;
        return closed(MESSAGES.heardWhileTyping(outcome.text), 'done', [useHeard]);
      }
      const undo = situation.isUndoable ? ([{ action: 'undo', label: VOICE_WORDS.undo }] as const) : [];
      const again = { action: 'start', label: VOICE_WORDS['try-again'] } as const;
      return closed(fillIn(VOICE_WORDS.result, { text: quoted(outcome.text) }), 'done', [...undo, again]);
    }
    case 'failed': {
      const problem = errorWords(outcome.code, situation);
      const partly = fillIn(VOICE_WORDS.partly ?? '', { text: quoted(outcome.text) });
      const words = outcome.text === '' ? problem : `${partly} ${problem}`;
      return closed(words, 'problem', againActions(outcome.code, NOT_KEPT.has(outcome.code) ? 'start' : 'retry'));
    }
    default:
      return unreachable(outcome);
  }
}

function idleWords({ isOnline, isRecogniserHere }: VoiceSituation): string {
  if (isOnline) return MESSAGES.idle;
  return isRecogniserHere ? MESSAGES.idleOfflineOnDevice : MESSAGES.idleOffline;
}

function withHint(words: string, hint: LevelHint): string {
  return hint === 'none' ? words : `${words} ${VOICE_WORDS[hint]}`;
}

function againActions(code: SpeechErrorCode, action: 'start' | 'retry'): VoiceStatus['actions'] {
  if (!isWorthAnotherTry(code)) return [];
  return [{ action, label: code === 'denied' ? VOICE_WORDS.retry : VOICE_WORDS['try-again'] }];
}

function open(words: string, tone: Tone): VoiceStatus {
  return { words, tone, actions: [], isPressed: true, isSpoken: false };
}

function closed(words: string, tone: Tone, actions: VoiceStatus['actions']): VoiceStatus {
  return { words, tone, actions, isPressed: false, isSpoken: true };
}

/** Before the wait is long the words stay empty; the field and the meter show that something happens. */
function waiting({ isWaitLong }: VoiceSituation): VoiceStatus {
  return {
    words: isWaitLong ? VOICE_WORDS.processing : '',
    tone: 'busy',
    actions: [],
    isPressed: false,
    isSpoken: false,
  };
}

function unreachable(value: never): never {
  throw new TypeError(`No words for ${JSON.stringify(value)}`);
}
