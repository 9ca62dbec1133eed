import type { BrowserFamily } from '../element/browser-family.ts';
import type { PredictPlace, SpeechPipeline } from '../index.ts';
import type { Ms } from '../units.ts';
import { APP_WORDS } from './app-words.ts';
import { AppWorker } from './app-worker.ts';
import { offerInstallation } from './install-offer.ts';
import { launchOf, withoutLaunch } from './launch.ts';
import type { Notices } from './notices.ts';
import { pageElement } from './page-elements.ts';
import { UpdatePrompt } from './update-prompt.ts';
import { WakeLock } from './wake-lock.ts';

/** What the app's part of the page works with. */
export interface InstalledAppParts {
  readonly pipeline: SpeechPipeline;
  readonly notices: Notices;
  readonly browser: BrowserFamily;
  readonly field: HTMLInputElement;
  readonly microphone: HTMLElement;
  /** Monotonic clock. */
  readonly nowMs: () => Ms;
  /** Sent along to the server. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where speech is recognised now. */
  readonly place: () => PredictPlace;
  /** Puts words into the field and searches for them. */
  readonly search: (words: string) => void;
}

const LAUNCH_NOTICE = 'launch';

/** Brings to life what makes the page an app: offline use, updates, installing, launches, a screen that stays on. */
export function startInstalledApp(parts: InstalledAppParts, signal: AbortSignal): AppWorker {
  const { pipeline, notices, browser, field, nowMs } = parts;
  const listen = { signal };
  const element = (id: string): HTMLElement => pageElement(id, HTMLElement);
  const worker = new AppWorker(navigator.serviceWorker, nowMs);
  const update = new UpdatePrompt(
    {
      worker,
      notices,
      isBusy: () => isSpeaking(pipeline) || (pipeline.queue.waiting.length > 0 && !pipeline.queue.isStored),
      reload: () => reloadWith(field.value),
    },
    signal,
  );
  const wakeLock = new WakeLock(navigator.wakeLock);
  pipeline.addEventListener(
    'statechange',
    ({ state }) => {
      if (state.phase === 'requesting') notices.hide(LAUNCH_NOTICE);
      wakeLock.follow(state.phase);
      update.show();
    },
    listen,
  );
  pipeline.addEventListener('queue-change', () => update.show(), listen);
  document.addEventListener(
    'visibilitychange',
    () => document.visibilityState === 'visible' && wakeLock.renew(),
    listen,
  );
  offerInstallation(
    {
      section: element('install'),
      button: pageElement('install-button', HTMLButtonElement),
      hint: element('install-hint'),
    },
    { browser, isInstalled: isInstalled() },
    signal,
  );
  launch(parts, worker);
  // A development server has no service worker.
  if (import.meta.env.PROD) void worker.start(signal);
  return worker;
}

function launch(parts: InstalledAppParts, worker: AppWorker): void {
  const wanted = launchOf(location.search);
  history.replaceState(history.state, '', withoutLaunch(location.href));
  if (wanted.for === 'typing') parts.field.focus();
  if (wanted.for === 'speaking') {
    parts.microphone.focus();
    parts.notices.show(LAUNCH_NOTICE, APP_WORDS.speakLaunch, [{ label: APP_WORDS.dismiss }]);
  }
  if (wanted.for === 'shared-file') void readShared(wanted.shareId, parts, worker);
}

async function readShared(
  shareId: string,
  { pipeline, notices, headers, place, search }: InstalledAppParts,
  worker: AppWorker,
): Promise<void> {
  const tell = (words: string): void => notices.show(LAUNCH_NOTICE, words, [{ label: APP_WORDS.dismiss }]);
  const file = await worker.takeShared(shareId);
  if (file === undefined) {
    tell(APP_WORDS.sharedGone);
    return;
  }
  tell(APP_WORDS.hearingShared(file.name));
  const { recogniseShared } = await import('./shared-recording.ts');
  const outcome = await recogniseShared(file, { pipeline, headers, isOnDevice: place() === 'device' });
  if ('problem' in outcome) {
    tell(outcome.problem);
    return;
  }
  notices.hide(LAUNCH_NOTICE);
  search(outcome.text);
}

function isSpeaking({ state }: SpeechPipeline): boolean {
  return state.phase !== 'idle' && state.phase !== 'failed';
}

/** Safari tells it by a property of its own. */
function isInstalled(): boolean {
  return (
    matchMedia('(display-mode: standalone)').matches || ('standalone' in navigator && navigator.standalone === true)
  );
}

/** What stands in the field is searched for again. */
function reloadWith(text: string): void {
  const address = new URL(location.href);
  if (text.trim() === '') address.searchParams.delete('q');
  else address.searchParams.set('q', text);
  history.replaceState(history.state, '', address);
  location.reload();
}
