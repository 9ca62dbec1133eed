import type { QueryEnds, SpeechErrorCode } from '../index.ts';
import type { LevelHint } from './level-hint.ts';

/** States that say why the microphone cannot be used, by the name of the reason. */
export type MicrophoneFailure =
  | 'denied'
  | 'policy'
  | 'insecure'
  | 'no-device'
  | 'in-use'
  | 'lost'
  | 'silent'
  | 'starved'
  | 'unsupported';

/** Why a text is offered instead of put into the field. */
export type OfferReason =
  /** The recogniser is not sure enough, or the site lets nothing be searched unconfirmed. */
  | 'unsure'
  /** The person typed meanwhile, and typing goes first. */
  | 'typed'
  /** It was said earlier and could only now be sent. */
  | 'late';

/** What the element is doing; one phase at a time, and a field only where it means something. */
export type VoiceState =
  | { readonly phase: 'idle' }
  /** At rest without a network. */
  | { readonly phase: 'offline' }
  /** Says where speech goes, and waits for a yes. The microphone is closed. */
  | { readonly phase: 'priming' }
  /** The microphone is asked for, or another one is on its way. */
  | { readonly phase: 'requesting'; readonly isReconnecting: boolean; readonly isStopping: boolean }
  | HearingState
  /** The system took the audio away for a while. */
  | { readonly phase: 'interrupted'; readonly isStopping: boolean }
  /** The microphone is closed; texts are awaited. */
  | { readonly phase: 'processing'; readonly isLong: boolean; readonly partial: string }
  | { readonly phase: 'result'; readonly text: string }
  | { readonly phase: 'uncertain'; readonly text: string; readonly why: OfferReason }
  | { readonly phase: 'no-speech' }
  | { readonly phase: MicrophoneFailure }
  /** Not recognised: the network, the server or a defect. What was said may wait to be sent again. */
  | { readonly phase: 'error'; readonly code: SpeechErrorCode; readonly isKept: boolean; readonly text: string };

/** Audio flows. */
export interface HearingState {
  readonly phase: 'listening' | 'speaking';
  readonly hint: LevelHint;
  /** What is recognised so far. */
  readonly partial: string;
  /** Asked to end; the last words are still on their way through the device. */
  readonly isStopping: boolean;
}

/** The name of a state, as `:state()` and `vs-state` give it. */
export type VoicePhase = VoiceState['phase'];

/** Every state, in the order in which a query meets them. */
export const VOICE_PHASES: readonly VoicePhase[] = [
  ...(['idle', 'offline', 'priming', 'requesting', 'listening', 'speaking', 'interrupted', 'processing'] as const),
  ...(['result', 'uncertain', 'no-speech', 'denied', 'policy', 'insecure', 'no-device', 'in-use'] as const),
  ...(['lost', 'silent', 'starved', 'unsupported', 'error'] as const),
];

const OPEN_PHASES: ReadonlySet<VoicePhase> = new Set(['requesting', 'listening', 'speaking', 'interrupted']);

/** True while the microphone is open, or about to be. */
export function isMicrophoneOpen({ phase }: VoiceState): boolean {
  return OPEN_PHASES.has(phase);
}

const MICROPHONE_FAILURES: ReadonlySet<string> = new Set<MicrophoneFailure>([
  ...(['denied', 'policy', 'insecure', 'no-device', 'in-use', 'lost', 'silent', 'starved', 'unsupported'] as const),
]);

/** True for the codes that have a state of their own. */
export function isMicrophoneFailure(code: SpeechErrorCode | VoicePhase): code is MicrophoneFailure {
  return MICROPHONE_FAILURES.has(code);
}

/** What moves the element from one state to the next. `run` numbers the presses: what comes of an earlier one is late. */
export type VoiceInput =
  /** The microphone is wanted. `isPrimed`: where speech goes was said and accepted before. */
  | { readonly type: 'press'; readonly ends: QueryEnds; readonly isPrimed: boolean }
  /** What can be known before the browser is asked: it would refuse, so it is not asked. */
  | { readonly type: 'refuse'; readonly reason: MicrophoneFailure }
  | { readonly type: 'allow' }
  | { readonly type: 'type-instead' }
  | { readonly type: 'stop' }
  /** Esc, `cancel()`, a disabled element. */
  | { readonly type: 'cancel' }
  /** The element left its page. */
  | { readonly type: 'leave' }
  /** A person changed the text. */
  | { readonly type: 'typed' }
  | { readonly type: 'resume' }
  | { readonly type: 'accept' }
  | { readonly type: 'edit' }
  /** Sends again what could not be sent. */
  | { readonly type: 'resend' }
  /** A text of voice was taken back. */
  | { readonly type: 'undone' }
  | { readonly type: 'online' | 'offline' }
  | { readonly type: 'heard-so-far'; readonly run: number; readonly text: string }
  | {
      readonly type: 'audio';
      readonly run: number;
      readonly now: 'listening' | 'speaking' | 'interrupted' | 'reconnecting' | 'closed';
    }
  | { readonly type: 'level'; readonly run: number; readonly hint: LevelHint }
  /** Texts have been awaited for so long that it should be said. */
  | { readonly type: 'slow'; readonly run: number }
  /** All texts of the query are there; empty when nobody spoke. `isSure`: good enough to be searched at once. */
  | { readonly type: 'heard'; readonly run: number; readonly text: string; readonly isSure: boolean }
  /** `text`: what was recognised all the same. */
  | {
      readonly type: 'failed';
      readonly run: number;
      readonly code: SpeechErrorCode;
      readonly text: string;
      readonly isKept: boolean;
    }
  /** Sending again ended with nothing left to send. */
  | { readonly type: 'settled'; readonly run: number }
  /** A query of an earlier press, or visit, has its text. */
  | { readonly type: 'late'; readonly text: string };

/** What has to be done because of a step, in order. */
export type VoiceEffect =
  | { readonly type: 'open'; readonly run: number; readonly ends: QueryEnds }
  /** Closes the microphone and keeps what was said. */
  | { readonly type: 'close' }
  /** Closes the microphone and drops what was said. */
  | { readonly type: 'drop' }
  | { readonly type: 'resume' }
  | { readonly type: 'resend'; readonly run: number }
  /** Says `slow` after a while. */
  | { readonly type: 'await'; readonly run: number }
  | { readonly type: 'place'; readonly text: string }
  | { readonly type: 'search' }
  /** Has the words of the state read aloud, now that the microphone cannot hear it. */
  | { readonly type: 'announce' }
  | { readonly type: 'focus'; readonly on: 'field' | 'microphone' | 'panel' }
  | { readonly type: 'remember-consent' }
  | { readonly type: 'tell'; readonly what: 'search-again' | 'switch-typing' };
