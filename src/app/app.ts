import { browserFamily } from '../element/browser-family.ts';
import { PressControl } from '../element/press-control.ts';
import { privacyWords } from '../element/voice-words.ts';
import type { SpeechPipeline } from '../index.ts';
import { hasAccessKey } from './access-key.ts';
import { APP_WORDS } from './app-words.ts';
import { startInstalledApp } from './installed-app.ts';
import type { SiteStorage } from './key-value-storage.ts';
import { LevelMeter } from './level-meter.ts';
import { VOICE_WORDS } from './messages.ts';
import { Notices } from './notices.ts';
import { pageElement } from './page-elements.ts';
import type { Preferences } from './preferences.ts';
import { startQueuePage } from './queue-page.ts';
import { showRecentSearches } from './recent-searches.ts';
import { RecogniserDownload } from './recogniser-download.ts';
import { ResultsView } from './results-view.ts';
import { SearchClient } from './search-client.ts';
import { SearchField } from './search-field.ts';
import { SearchHistory, type SearchMeans } from './search-history.ts';
import { SearchPage } from './search-page.ts';
import { startSheets } from './sheets.ts';
import { SlipView } from './slip-view.ts';
import { StatusView } from './status-view.ts';
import { VoiceSearch } from './voice-search.ts';

/** A search on the server may take this long before the device answers in its place. */
const SEARCH_TIMEOUT_MS = 2000;
/** How long a server that did not answer in time is left alone. */
const SEARCH_REST_MS = 5000;

/** What the page is told from outside. */
export interface AppOptions {
  readonly pipeline: SpeechPipeline;
  /** Sent with every search. */
  readonly headers: Readonly<Record<string, string>>;
  readonly preferences: Preferences;
  /** What the site keeps in this browser, and in this tab. */
  readonly local: SiteStorage;
  readonly session: SiteStorage;
}

/** Brings the page in index.html to life; everything ends with the signal. */
export function startApp({ pipeline, headers, preferences, local, session }: AppOptions, signal: AbortSignal): void {
  const nowMs = (): number => performance.now();
  const isOnline = (): boolean => navigator.onLine;
  const element = (id: string): HTMLElement => pageElement(id, HTMLElement);
  const form = pageElement('search-form', HTMLFormElement);
  const micButton = pageElement('mic-button', HTMLButtonElement);

  const client = new SearchClient({
    endpoint: new URL('/v1/search', location.href).href,
    headers,
    timeoutMs: SEARCH_TIMEOUT_MS,
    restMs: SEARCH_REST_MS,
    loadMenuSearch: async () => (await import('../search/menu-search.ts')).createMenuSearch(),
    nowMs,
    isOnline,
  });
  const status = new StatusView(
    {
      row: element('status-row'),
      form,
      words: element('status'),
      actions: element('actions'),
      micButton,
      announcer: element('announcer'),
    },
    (action) => voice.act(action),
  );
  // The microphone would hear a screen reader.
  const announce = (words: string): void => {
    if (!voice.isOpen) status.announce(words);
  };
  const results = new ResultsView({
    heading: element('results-heading'),
    note: element('results-note'),
    list: element('results'),
    nothing: element('no-results'),
    beginning: [element('beginning'), element('suggestions')],
  });
  const page = new SearchPage(client, results, announce);
  const input = pageElement('search-input', HTMLInputElement);
  const field = new SearchField(input, pageElement('clear-button', HTMLButtonElement), signal);
  const recogniser = new RecogniserDownload(pipeline, preferences);
  const history = new SearchHistory(local, preferences, Date.now, window, signal);
  const search = (text: string, by: SearchMeans): void => {
    field.type(text);
    page.searchNow(text);
    history.add(text, by);
  };
  const slip = new SlipView({
    empty: element('slip-empty'),
    transcript: element('transcript'),
    provenance: element('provenance'),
    stages: element('stages'),
    textDelay: element('text-delay'),
    transfer: element('transfer'),
    transferBar: element('transfer-bar'),
  });
  const voice: VoiceSearch = new VoiceSearch(
    {
      pipeline,
      field,
      page,
      status,
      slip,
      meter: new LevelMeter(
        pageElement('level-meter', HTMLMeterElement),
        pageElement('level-canvas', HTMLCanvasElement),
        signal,
      ),
      host: location.host,
      browser: browserFamily(navigator.userAgent),
      nowMs,
      isOnline,
      isRecogniserHere: () => recogniser.isReady,
      prepareRecogniser: () => void recogniser.load(),
      remember: (text) => history.add(text, 'voice'),
    },
    isSecureContext ? { kind: 'none' } : { kind: 'failed', code: 'insecure', text: '' },
    signal,
  );
  new PressControl(micButton, voice, signal);
  const notices = new Notices(element('notices'), micButton);
  const appWorker = startInstalledApp(
    {
      pipeline,
      notices,
      browser: browserFamily(navigator.userAgent),
      field: input,
      microphone: micButton,
      nowMs,
      headers,
      place: () => preferences.get('predict'),
      search: (text) => search(text, 'voice'),
    },
    signal,
  );
  startQueuePage(
    {
      pipeline,
      preferences,
      isOnline,
      isShownElsewhere: (queryId) => voice.isShowing(queryId),
      onDeleted: (queries) => voice.forget(queries.map(({ queryId }) => queryId)),
      search: (text) => search(text, 'voice'),
      announce,
    },
    signal,
  );
  const fetchSheets = startSheets(
    {
      preferences,
      recogniser,
      history,
      places: {
        ...{ preferences, history, recogniser, queue: pipeline.queue, local, session },
        // Neither is there over plain http.
        caches: 'caches' in window ? caches : undefined,
        workers: navigator.serviceWorker,
      },
      search: (text) => search(text, 'typing'),
      tell: (words) => notices.show('sheet', words, [{ label: APP_WORDS.dismiss }]),
    },
    signal,
  );
  showRecentSearches(element('recent'), element('recent-list'), history, ({ text }) => search(text, 'typing'), signal);

  const listen = { signal };
  const showPrivacy = (): void => {
    for (const id of ['privacy', 'privacy-near']) {
      element(id).textContent = privacyWords(preferences.get('predict'), {
        messages: VOICE_WORDS,
        host: location.host,
      });
    }
  };
  showPrivacy();
  preferences.addEventListener(
    'change',
    ({ preference }) => {
      if (preference === 'preset' || preference === 'kernel') {
        pipeline.setHearing({ preset: preferences.get('preset'), kernel: preferences.get('kernel') });
      }
      if (preference !== 'predict') return;
      showPrivacy();
      voice.show();
      pipeline.setPredict(preferences.get('predict')).catch(() => recogniser.fail());
    },
    listen,
  );
  recogniser.addEventListener('change', () => voice.show(), listen);
  recogniser.addEventListener('deleted', () => appWorker.forgetRecogniser(), listen);
  pipeline.addEventListener(
    'modelprogress',
    ({ loadedBytes, totalBytes }) => recogniser.hearProgress(loadedBytes, totalBytes),
    listen,
  );
  field.addEventListener('typed', () => page.searchSoon(field.text), listen);
  // The browser's own word that a person is done typing: Enter, or leaving the field.
  input.addEventListener('change', () => history.add(field.text, 'typing'), listen);
  form.addEventListener(
    'submit',
    (event) => {
      event.preventDefault();
      if (voice.isOpen) voice.stop();
      else page.searchNow(field.text);
    },
    listen,
  );
  for (const saying of element('suggestions').querySelectorAll('button')) {
    saying.addEventListener('click', () => search(saying.textContent, 'typing'), listen);
  }
  // The key belongs into the pipeline from its start, so that an address with one begins anew.
  window.addEventListener('hashchange', () => hasAccessKey(location) && location.reload(), listen);
  // The page may have been asked with a query in its address, by a form without script or a shared link.
  const asked = new URLSearchParams(location.search).get('q');
  if (asked !== null && asked !== '') search(asked, 'typing');
  whenIdle(() => void Promise.all([client.prefetch(), fetchSheets()]));
}

/** Safari has no `requestIdleCallback`. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 3000 });
  else setTimeout(run, 1000);
}
