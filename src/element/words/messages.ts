/**
 * Every word that the element shows or says. `{text}` stands for what was heard, `{host}` for where speech is sent,
 * `{how}` for one of the `allow-` messages.
 */
export interface VoiceSearchMessages {
  readonly direction: 'ltr' | 'rtl';
  readonly label: string;
  readonly placeholder: string;
  readonly clear: string;
  readonly microphone: string;
  readonly keys: string;
  readonly history: string;
  readonly required: string;
  readonly priming: string;
  readonly 'priming-device': string;
  readonly 'priming-both': string;
  readonly allow: string;
  readonly 'type-instead': string;
  readonly requesting: string;
  readonly reconnecting: string;
  readonly listening: string;
  readonly speaking: string;
  readonly 'too-quiet': string;
  readonly 'too-loud': string;
  readonly processing: string;
  readonly result: string;
  readonly uncertain: string;
  readonly typed: string;
  readonly late: string;
  readonly yes: string;
  readonly edit: string;
  readonly again: string;
  readonly undo: string;
  readonly 'no-speech': string;
  readonly 'try-again': string;
  readonly retry: string;
  readonly resume: string;
  readonly offline: string;
  readonly 'offline-queue': string;
  readonly interrupted: string;
  readonly denied: string;
  readonly 'allow-chromium-desktop': string;
  readonly 'allow-chromium-android': string;
  readonly 'allow-firefox': string;
  readonly 'allow-firefox-android': string;
  readonly 'allow-safari-mac': string;
  readonly 'allow-safari-ios': string;
  readonly 'allow-other': string;
  readonly policy: string;
  readonly insecure: string;
  readonly 'no-device': string;
  readonly 'in-use': string;
  readonly lost: string;
  readonly silent: string;
  readonly starved: string;
  readonly unsupported: string;
  readonly assets: string;
  readonly 'not-sent': string;
  readonly unreachable: string;
  readonly timeout: string;
  readonly busy: string;
  readonly unauthorised: string;
  readonly rejected: string;
  readonly server: string;
  readonly 'bad-answer': string;
  readonly recogniser: string;
  readonly internal: string;
  /** Follows the message of an error when what was said waits on the device, or in the page. */
  readonly 'kept-stored': string;
  readonly 'kept-open': string;
  /** Precedes the message of an error when a part was recognised. */
  readonly partly: string;
}

/** Messages that can be needed only after a press: their English ones come with what the press fetches. */
export type LaterMessages = Pick<
  VoiceSearchMessages,
  | Extract<keyof VoiceSearchMessages, `allow-${string}` | `kept-${string}`>
  | ('not-sent' | 'unreachable' | 'timeout' | 'busy' | 'unauthorised' | 'rejected' | 'server' | 'bad-answer')
  | ('recogniser' | 'internal' | 'partly')
>;

/** What the element has from the start, and what it may have. */
export type KnownMessages = Omit<VoiceSearchMessages, keyof LaterMessages> & Partial<LaterMessages>;

/** English. */
export const ENGLISH: KnownMessages = {
  direction: 'ltr',
  label: 'Search',
  placeholder: 'Search or speak',
  clear: 'Clear',
  microphone: 'Search by voice',
  keys: 'Press to start and to stop. Hold to talk. Escape cancels.',
  history: 'Recent searches',
  required: 'Type or say what you are looking for.',
  priming: 'Audio is trimmed on this device; only speech is sent to {host}.',
  'priming-device': 'Audio is trimmed and recognised on this device; none of it is sent.',
  'priming-both': 'Audio is trimmed on this device; only speech is sent to {host}, or recognised here when that fails.',
  allow: 'Allow microphone',
  'type-instead': 'Type instead',
  requesting: 'Waiting for permission…',
  reconnecting: 'The microphone changed. Reconnecting…',
  listening: 'Listening…',
  speaking: 'Hearing you…',
  'too-quiet': 'Too quiet',
  'too-loud': 'Too loud',
  processing: 'Transcribing…',
  result: "Heard '{text}'. Edit it or try again.",
  uncertain: "Did you mean '{text}'?",
  typed: "Heard '{text}' while you typed. Use it?",
  late: "Now answered: '{text}'. Search for it?",
  yes: 'Yes',
  edit: 'Edit',
  again: 'Again',
  undo: 'Undo',
  'no-speech': "I didn't hear anything.",
  'try-again': 'Try again',
  retry: 'Retry',
  resume: 'Resume',
  offline: 'Offline: typing works.',
  'offline-queue': 'Offline: type, or speak and it will be sent when you are back.',
  interrupted: 'Microphone paused by the system.',
  denied: 'The microphone is blocked for this site. {how}',
  policy:
    'This page may not use the microphone. Its owner can allow it (allow="microphone" on the frame). Typing works.',
  insecure: 'Browsers give the microphone to https pages only. Typing works.',
  'no-device': 'No microphone found. Connect one or switch it on, then try again.',
  'in-use': 'Another program is using the microphone. Close it there, then try again.',
  lost: 'The microphone went away. Check its cable or connection, then try again.',
  silent: 'The microphone is on but silent. Check its mute switch and level, then try again.',
  starved: 'Sound arrives too slowly. Close other tabs and programs, then try again.',
  unsupported: 'This browser cannot listen. Use a current Chrome, Edge, Firefox or Safari. Typing works.',
  assets: 'A part of voice search could not be loaded. Check the connection, then try again.',
};

/** A name of a message. */
export type MessageKey = Exclude<keyof VoiceSearchMessages, 'direction'>;

/** A name of a message that is there from the start. */
export type EarlyMessageKey = Exclude<MessageKey, keyof LaterMessages>;

// FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE: a foreign text keeps its own direction inside a sentence.
const ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** A message with its places filled in. */
export function fillIn(message: string, values: Readonly<Record<string, string>>): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) return place;
    return name === 'how' ? value : ISOLATE + value + POP_ISOLATE;
  });
}
