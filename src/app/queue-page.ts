import type { SentEvent, SpeechPipeline, WaitingQuery } from '../index.ts';
import { BackgroundSync } from './background-sync.ts';
import { LateTexts } from './late-texts.ts';
import { DROPPED_WORDS, MESSAGES, STORAGE_WORDS } from './messages.ts';
import { pageElement } from './page-elements.ts';
import type { Preferences } from './preferences.ts';
import { QueueView } from './queue-view.ts';

/** What the queue's part of the page works with. */
export interface QueuePageParts {
  readonly pipeline: SpeechPipeline;
  readonly preferences: Preferences;
  readonly isOnline: () => boolean;
  /** True for the query whose text goes into the field. */
  readonly isShownElsewhere: (queryId: number | undefined) => boolean;
  /** Queries were deleted by hand. */
  readonly onDeleted: (queries: readonly WaitingQuery[]) => void;
  readonly search: (text: string) => void;
  /** Has words read aloud, unless the microphone would hear them. */
  readonly announce: (words: string) => void;
}

/** Brings the part of the page to life that shows what waits to be sent, and what was answered late. */
export function startQueuePage(parts: QueuePageParts, signal: AbortSignal): void {
  const { pipeline, preferences, isOnline } = parts;
  const { queue } = pipeline;
  const listen = { signal };
  const element = (id: string): HTMLElement => pageElement(id, HTMLElement);
  const send = pageElement('queue-send', HTMLButtonElement);
  const background = new BackgroundSync(navigator.serviceWorker);
  const late = new LateTexts(element('late'), element('late-list'), parts.search);
  const view = new QueueView(
    {
      section: element('queue'),
      heading: element('queue-heading'),
      note: element('queue-note'),
      question: element('queue-question'),
      list: element('queue-list'),
      send,
      fallback: element('mic-button'),
    },
    (query) => {
      void queue.delete(query.queryKey);
      parts.onDeleted([query]);
    },
  );
  const news = element('queue-news');
  let isSending = false;
  let problem = '';

  const show = (): void => {
    const { waiting, isStored } = queue;
    view.show({
      waiting,
      isStored,
      isSending,
      isOnline: isOnline(),
      isAsking: preferences.get('unsent') === 'open',
      problem,
    });
  };
  const sendNow = async (): Promise<void> => {
    isSending = true;
    show();
    const report = await queue.send().catch(() => undefined);
    isSending = false;
    show();
    if (report?.failure !== undefined) parts.announce(MESSAGES.stillWaiting(report.waitingCount));
  };
  const hearSent = (event: SentEvent): void => {
    if (parts.isShownElsewhere(event.queryId)) return;
    const text = late.add(event);
    if (text !== '') parts.announce(MESSAGES.answeredLate(text));
  };

  pipeline.addEventListener(
    'queue-change',
    ({ isStored }) => {
      if (isStored) problem = '';
      show();
    },
    listen,
  );
  pipeline.addEventListener('queued', ({ isStored }) => isStored && void background.wakeOnceOnline(), listen);
  pipeline.addEventListener('sent', hearSent, listen);
  pipeline.addEventListener(
    'queue-memory',
    (event) => {
      problem = STORAGE_WORDS[event.problem];
      show();
    },
    listen,
  );
  pipeline.addEventListener(
    'queue-dropped',
    ({ reason }) => {
      news.textContent = DROPPED_WORDS[reason];
      news.hidden = false;
      parts.announce(DROPPED_WORDS[reason]);
    },
    listen,
  );
  send.addEventListener('click', () => void sendNow(), listen);
  element('queue-clear').addEventListener(
    'click',
    () => {
      parts.onDeleted(queue.waiting);
      void queue.clear();
    },
    listen,
  );
  element('queue-yes').addEventListener('click', () => preferences.set('unsent', 'device'), listen);
  element('queue-no').addEventListener('click', () => preferences.set('unsent', 'memory'), listen);
  preferences.addEventListener('change', ({ preference }) => {
    if (preference !== 'unsent') return;
    const isOn = preferences.get('unsent') === 'device';
    problem = '';
    void queue.setOffline(isOn).catch(() => undefined);
    if (isOn && queue.waiting.length > 0) void background.wakeOnceOnline();
    show();
  });
  window.addEventListener('online', show, listen);
  window.addEventListener('offline', show, listen);
  show();
}
