import type { PredictPlace, SpeechErrorCode } from '../index.ts';
import { type EarlyMessageKey, fillIn, type KnownMessages } from './words/messages.ts';

/** What the words of a failure depend on besides its code. */
export interface FailureContext {
  readonly messages: KnownMessages;
  /** Host that speech is sent to. */
  readonly host: string;
  /** Where this browser keeps the switch for the microphone. */
  readonly howToAllow: string;
}

const PRIVACY_MESSAGES: Readonly<Record<PredictPlace, EarlyMessageKey>> = {
  server: 'priming',
  device: 'priming-device',
  'server-then-device': 'priming-both',
};

const BEYOND_RETRY: ReadonlySet<SpeechErrorCode> = new Set(['policy', 'insecure', 'unsupported', 'unauthorised']);

/** What failed and what to do about it, in plain words. */
export function failureWords(code: SpeechErrorCode, { messages, host, howToAllow }: FailureContext): string {
  if (code === 'denied') return fillIn(messages.denied, { how: howToAllow });
  return fillIn(messages[code === 'offline' ? 'not-sent' : code] ?? '', { host });
}

/** What leaves the device where speech is recognised in this place. */
export function privacyWords(place: PredictPlace, { messages, host }: Omit<FailureContext, 'howToAllow'>): string {
  return fillIn(messages[PRIVACY_MESSAGES[place]], { host });
}

/** False for failures that pressing a button again cannot mend. */
export function isWorthAnotherTry(code: SpeechErrorCode): boolean {
  return !BEYOND_RETRY.has(code);
}

/** A text as it stands inside quotation marks: the sentence ends outside of them. */
export function quoted(text: string): string {
  return text.replace(/[.\s]+$/, '');
}
