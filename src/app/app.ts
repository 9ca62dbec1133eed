import { browserFamily } from '../element/browser-family.ts';
import { PressControl } from '../element/press-control.ts';
import type { PredictPlace, SpeechPipeline } from '../index.ts';
import { hasAccessKey } from './access-key.ts';
import { startInstalledApp } from './installed-app.ts';
import type { KeyValueStorage } from './key-value-storage.ts';
import { LevelMeter } from './level-meter.ts';
import { PRIVACY_WORDS } from './messages.ts';
import { pageElement } from './page-elements.ts';
import { PredictSetting } from './predict-setting.ts';
import { startQueuePage } from './queue-page.ts';
import { ResultsView } from './results-view.ts';
import { SearchClient } from './search-client.ts';
import { SearchField } from './search-field.ts';
import { SearchPage } from './search-page.ts';
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
  /** Where speech is recognised at first. */
  readonly place: PredictPlace;
  /** Remembers the choice of place. */
  readonly storage: KeyValueStorage;
}

/** Brings the page in index.html to life; everything ends with the signal. */
export function startApp({ pipeline, headers, place, storage }: AppOptions, signal: AbortSignal): void {
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
  const results = new ResultsView({
    heading: element('results-heading'),
    note: element('results-note'),
    list: element('results'),
    nothing: element('no-results'),
    suggestions: element('suggestions'),
  });
  // The microphone would hear a screen reader.
  const page = new SearchPage(client, results, (words) => {
    if (!voice.isOpen) status.announce(words);
  });
  const input = pageElement('search-input', HTMLInputElement);
  const field = new SearchField(input, pageElement('clear-button', HTMLButtonElement), signal);
  const setting = new PredictSetting(
    {
      fieldset: element('predict-setting'),
      note: element('model-note'),
      progress: pageElement('model-progress', HTMLProgressElement),
      download: pageElement('model-download', HTMLButtonElement),
      remove: pageElement('model-delete', HTMLButtonElement),
    },
    pipeline,
    storage,
    place,
    signal,
  );
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
      isRecogniserHere: () => setting.isReady,
      prepareRecogniser: () => void setting.load(),
    },
    isSecureContext ? { kind: 'none' } : { kind: 'failed', code: 'insecure', text: '' },
    signal,
  );
  new PressControl(micButton, voice, signal);
  const appWorker = startInstalledApp(
    { pipeline, browser: browserFamily(navigator.userAgent), field: input, microphone: micButton, nowMs },
    signal,
  );
  startQueuePage(
    {
      pipeline,
      storage,
      isOnline,
      isShownElsewhere: (queryId) => voice.isShowing(queryId),
      onDeleted: (queries) => voice.forget(queries.map(({ queryId }) => queryId)),
      search: (text) => {
        field.type(text);
        page.searchNow(text);
      },
      announce: (words) => {
        if (!voice.isOpen) status.announce(words);
      },
    },
    signal,
  );

  const listen = { signal };
  const showPrivacy = (): void => {
    for (const id of ['privacy', 'privacy-near']) {
      element(id).textContent = PRIVACY_WORDS[setting.place](location.host);
    }
  };
  showPrivacy();
  setting.addEventListener('deleted', () => appWorker.forgetRecogniser(), listen);
  setting.addEventListener('change', () => {
    showPrivacy();
    voice.show();
  });
  pipeline.addEventListener(
    'modelprogress',
    (event) => setting.showProgress(event.loadedBytes, event.totalBytes),
    listen,
  );
  field.addEventListener('typed', () => page.searchSoon(field.text), listen);
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
    saying.addEventListener('click', () => field.type(saying.textContent), listen);
  }
  // The key belongs into the pipeline from its start, so that an address with one begins anew.
  window.addEventListener('hashchange', () => hasAccessKey(location) && location.reload(), listen);
  // The page may have been asked with a query in its address, by a form without script or a shared link.
  const asked = new URLSearchParams(location.search).get('q');
  if (asked !== null && asked !== '') {
    field.type(asked);
    page.searchNow(asked);
  }
  whenIdle(() => void client.prefetch());
}

/** Safari has no `requestIdleCallback`. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 3000 });
  else setTimeout(run, 1000);
}
