import type { BrowserFamily } from '../element/browser-family.ts';
import { failureWords, quoted } from '../element/voice-words.ts';
import { ENGLISH_LATER } from '../element/words/english-later.ts';
import { ENGLISH, type KnownMessages } from '../element/words/messages.ts';
import type { DropReason, SpeechErrorCode, StorageProblem } from '../index.ts';

/** What the voice says, in the element's words; this page knows more about its own server. */
export const VOICE_WORDS: KnownMessages = {
  ...ENGLISH,
  ...ENGLISH_LATER,
  insecure:
    'Over plain http browsers give no microphone, and phones never do. Start the server with “ossicle serve --https” and open the https address it prints. Typing works here.',
  unauthorised: '{host} wants an access key. Open the link you were given for it, the one ending in #key=…',
  'bad-answer': '{host} answered, but not with a transcription. Something in between may be in the way.',
  recogniser: 'The recogniser on this device could not start. Choose the server in the settings, or try again.',
};

/** What the words of an error depend on besides its code. */
export interface ErrorContext {
  /** Host that speech is sent to. */
  readonly host: string;
  readonly browser: BrowserFamily;
  /** What could not be sent is kept on the device. */
  readonly isQueueStored: boolean;
}

/** Codes after which the words wait to be sent again. */
const KEPT: ReadonlySet<SpeechErrorCode> = new Set<SpeechErrorCode>([
  'offline',
  'unreachable',
  'timeout',
  'busy',
  'server',
  'bad-answer',
]);

/** What failed and what to do about it, in plain words, and where the words are that could not be sent. */
export function errorWords(code: SpeechErrorCode, { host, browser, isQueueStored }: ErrorContext): string {
  const howToAllow = VOICE_WORDS[`allow-${browser}`] ?? '';
  const problem = failureWords(code, { messages: VOICE_WORDS, host, howToAllow });
  return KEPT.has(code) ? `${problem} ${VOICE_WORDS[isQueueStored ? 'kept-stored' : 'kept-open']}` : problem;
}

/** Every other word that the script shows; what the page shows without it stands in index.html. */
export const MESSAGES = {
  idle: 'Press the microphone and say what you fancy.',
  idleOffline: 'You are offline. Typing still searches.',
  idleOfflineOnDevice: 'You are offline. Typing and speaking both work here.',
  starting: 'Starting the microphone…',
  cancelled: 'Cancelled. Nothing was kept.',
  heardWhileTyping: (text: string): string => `Heard '${quoted(text)}'. What you typed is still there.`,
  useHeard: 'Use what I said',

  resultCount: (count: number): string =>
    count === 0 ? 'Nothing on the menu' : count === 1 ? '1 choice' : `${count} choices`,
  resultsFor: (query: string): string => `for '${query}'`,
  noResultsAdvice: 'Try a drink, a pastry or what goes into it, such as oat milk.',
  searchedHere: 'Searched on this device',
  searchFailed: 'The menu could not be searched. Check the connection and type again.',

  stage: { endpoint: 'endpoint', encode: 'encode', recognise: 'recognise', search: 'search' },
  sent: (sentKb: string, heardKb: string): string => `Sent ${sentKb} kB of ${heardKb} kB heard`,
  afterLastWord: (ms: string): string => `${ms} after your last word`,
  recognisedOn: { server: 'Recognised on the server', device: 'Recognised on this device' },
  confidence: (percent: string): string => `${percent} sure`,
  attempts: (count: number): string => `${count} attempts`,

  modelNeeded: (modelMb: string, runtimeMb: string): string =>
    `Needs one download, now or at the next press of the microphone: ${modelMb} MB, and up to ${runtimeMb} MB of runtime.`,
  modelPartlyHere: (loadedMb: string, modelMb: string): string =>
    `${loadedMb} of ${modelMb} MB are here already; the download goes on from there.`,
  modelLoading: (loadedMb: string, totalMb: string): string => `Downloading ${loadedMb} of ${totalMb} MB…`,
  modelStarting: 'Starting the recogniser…',
  modelReady: 'Ready. Works offline.',
  modelFailed: 'The download did not finish. Check the connection and download again.',
  modelDelete: (storedMb: string): string => `Delete from this device (${storedMb} MB)`,
  modelDeleted: 'Deleted from this device.',
  modelNotNeeded: 'Nothing to download.',

  waiting: (count: number, isOnline: boolean): string =>
    `${count === 1 ? '1 query waits' : `${count} queries wait`} ${isOnline ? 'to be sent' : 'for the connection'}`,
  waitsOnDevice: 'Kept on this device until sent, for a day at most, even if you close this page.',
  waitsInMemory: 'Kept only while this page is open.',
  waitingQuery: (when: string, seconds: string): string => `${when}, ${seconds} s of speech`,
  sendNow: 'Send now',
  sendingQueue: 'Sending…',
  stillWaiting: (count: number): string =>
    `Not sent. ${count === 1 ? '1 part still waits' : `${count} parts still wait`}.`,
  deleteOne: 'Delete',
  deleteOneOf: (when: string): string => `Delete what you said at ${when}`,
  partMissing: 'This part of the page could not be loaded. Check the connection and press again.',

  searchedBy: { voice: 'spoken', typing: 'typed' },
  historyOff: 'Your searches are not kept. Switch this on to find them here again; they stay on this device.',
  historyEmpty: 'Nothing yet. What you search for from now on is kept here, on this device only.',
  historyKept: 'Newest first. Kept on this device only.',
  deleteSearch: (text: string, when: string): string => `Delete '${text}' of ${when}`,
  searchDeleted: (text: string): string => `Deleted '${text}'.`,
  searchesDeleted: 'All searches are deleted.',
  deleteSearchesQuestion: (count: number): string =>
    count === 1 ? 'Delete the one search that is kept here?' : `Delete all ${count} searches that are kept here?`,

  deleteDataQuestion:
    'Delete everything listed here from this browser? Words that wait to be sent are lost. The page goes on as if new.',
  dataDeleted: 'Deleted. Nothing is kept on this device any more.',
  dataLeft:
    'Deleted, except for what is listed below: this browser did not give it up. Close other tabs of this page and delete again.',

  answeredLate: (text: string): string => `Now answered: '${quoted(text)}'.`,
} as const;

/** Why what waits is not kept on the device though its owner wants that. */
export const STORAGE_WORDS: Readonly<Record<StorageProblem, string>> = {
  refused: 'This browser gives the page no storage, so this is kept only while the page is open.',
  full: 'The storage of this device is full, so this is kept only while the page is open.',
  lost: 'The storage of this page was taken away, so this is kept only while the page is open.',
};

/** Why something that waited is gone. */
export const DROPPED_WORDS: Readonly<Record<DropReason, string>> = {
  bytes: 'Too much was waiting: the oldest part was let go and stays without text.',
  age: 'Something waited for more than a day: it was let go and stays without text.',
  damaged: 'Something that waited could not be read any more and was let go.',
  refused: 'The server refused something that waited: it was let go and stays without text.',
};
