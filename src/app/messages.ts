import type { BrowserFamily } from '../element/browser-family.ts';
import type { DropReason, PredictPlace, SpeechErrorCode, StorageProblem } from '../index.ts';

/** What the words of an error depend on besides its code. */
export interface ErrorContext {
  /** Host that speech is sent to. */
  readonly host: string;
  readonly browser: BrowserFamily;
  /** What could not be sent is kept on the device. */
  readonly isQueueStored: boolean;
}

/** Where this browser keeps the switch for the microphone. */
const ALLOW_IN: Readonly<Record<BrowserFamily, string>> = {
  'chromium-desktop': 'Click the icon to the left of the address and set Microphone to Allow, then press Retry.',
  'chromium-android': 'Tap the icon to the left of the address, then Permissions, allow Microphone and press Retry.',
  firefox: 'Click the crossed-out microphone beside the address, remove the block, then press Retry.',
  'firefox-android': 'Tap the padlock beside the address, allow Microphone there, then press Retry.',
  'safari-mac': 'In the menu bar open Safari, Settings for This Website, set Microphone to Allow and press Retry.',
  'safari-ios': 'Tap the page menu beside the address, Website Settings, set Microphone to Allow and press Retry.',
  other: 'Allow it in the site settings of your browser, then press Retry.',
};

/** Where the words are that could not be sent; in memory they wait for a person. */
function kept({ isQueueStored }: ErrorContext, tryAgain: string): string {
  return isQueueStored
    ? 'Your words wait on this device and are sent as soon as that works.'
    : `Your words are kept while this page is open. ${tryAgain}`;
}

/** What failed and what to do about it, in plain words, for every code. */
export const ERROR_WORDS: Readonly<Record<SpeechErrorCode, (context: ErrorContext) => string>> = {
  denied: ({ browser }) => `The microphone is blocked for this site. ${ALLOW_IN[browser]}`,
  policy: () =>
    'This page sits in a frame that may not use the microphone. Its owner can add allow="microphone" to the frame. Typing works.',
  insecure: () =>
    'Over plain http browsers give no microphone, and phones never do. Start the server with “ossicle serve --https” and open the https address it prints. Typing works here.',
  'no-device': () => 'No microphone found. Connect one or switch it on, then try again.',
  'in-use': () => 'Another program is using the microphone. Close it there, then try again.',
  lost: () => 'The microphone went away while listening. Check its cable or connection, then try again.',
  silent: () =>
    'The microphone is on but delivers pure silence. Check its mute switch and the input level, then try again.',
  starved: () =>
    'Sound arrives too slowly; this device may be overloaded. Close other tabs and programs, then try again.',
  unsupported: () =>
    'This browser lacks a part that listening needs. Use a current Chrome, Edge, Firefox or Safari. Typing works here.',
  assets: () => 'A part of voice search could not be loaded. Check the connection, then try again.',
  offline: (context) => `You are offline, so this was not sent. ${kept(context, 'Try again when you are back.')}`,
  unreachable: (context) => `${context.host} can't be reached. ${kept(context, 'Try again once the server runs.')}`,
  timeout: (context) => `${context.host} took too long to answer. ${kept(context, 'Try again.')}`,
  busy: (context) => `${context.host} is busy right now. ${kept(context, 'Try again in a moment.')}`,
  unauthorised: ({ host }) =>
    `${host} wants an access key. Open the link you were given for it, the one ending in #key=…`,
  rejected: ({ host }) => `${host} refused this recording. Say it again, shorter if it was long.`,
  server: (context) => `${context.host} failed while transcribing. ${kept(context, 'Try again in a moment.')}`,
  'bad-answer': (context) =>
    `${context.host} answered, but not with a transcription. Something in between may be in the way. ${kept(context, 'Try again.')}`,
  recogniser: () => 'The recogniser on this device could not start. Choose the server in the settings, or try again.',
  internal: () => 'Voice search made a mistake of its own. Try again; if that fails, reload the page.',
};

/** A quoted sentence ends outside its quotation marks. */
function withoutFullStop(text: string): string {
  return text.replace(/[.\s]+$/, '');
}

/** Every other word that the script shows; what the page shows without it stands in index.html. */
export const MESSAGES = {
  idle: 'Press the microphone and say what you fancy.',
  idleOffline: 'You are offline. Typing still searches.',
  idleOfflineOnDevice: 'You are offline. Typing and speaking both work here.',
  requesting: 'Waiting for permission…',
  starting: 'Starting the microphone…',
  listening: 'Listening…',
  speaking: 'Hearing you…',
  tooQuiet: 'Too quiet: come closer or speak up.',
  tooLoud: 'Too loud: move back a little.',
  transcribing: 'Transcribing…',
  interrupted: 'Microphone paused by the system.',
  recovering: 'The microphone changed. Reconnecting…',
  cancelled: 'Cancelled. Nothing was kept.',
  noSpeech: "I didn't hear anything.",
  heard: (text: string): string => `Heard '${withoutFullStop(text)}'. Edit it or try again.`,
  heardWhileTyping: (text: string): string => `Heard '${withoutFullStop(text)}'. What you typed is still there.`,
  partlyHeard: (text: string, problem: string): string => `Heard '${text}', but not all of it. ${problem}`,

  tryAgain: 'Try again',
  retry: 'Retry',
  resume: 'Resume',
  undo: 'Undo',
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

  answeredLate: (text: string): string => `Now answered: '${withoutFullStop(text)}'.`,
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

/** What leaves the device, for each place where speech may be recognised. */
export const PRIVACY_WORDS: Readonly<Record<PredictPlace, (host: string) => string>> = {
  server: (host) => `Audio is trimmed on this device; only speech is sent to ${host}.`,
  device: () => 'Audio is trimmed and recognised on this device; none of it is sent.',
  'server-then-device': (host) =>
    `Audio is trimmed on this device; only speech is sent to ${host}, or recognised here when that fails.`,
};
