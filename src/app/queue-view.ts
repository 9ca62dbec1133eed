import type { WaitingQuery } from '../index.ts';
import { MESSAGES } from './messages.ts';
import { textElement } from './page-elements.ts';

const clock = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit' });
const seconds = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** PCM16 at 16 kHz. */
const BYTES_PER_SECOND = 32_000;

/** The elements that show what waits. */
export interface QueueElements {
  readonly section: HTMLElement;
  readonly heading: HTMLElement;
  readonly note: HTMLElement;
  readonly question: HTMLElement;
  readonly list: HTMLElement;
  readonly send: HTMLButtonElement;
  /** Where the keyboard goes on when all of this disappears. */
  readonly fallback: HTMLElement;
}

/** What is to be shown of the queue. */
export interface QueueSituation {
  readonly waiting: readonly WaitingQuery[];
  readonly isStored: boolean;
  readonly isOnline: boolean;
  readonly isSending: boolean;
  /** The user has not decided yet where unsent speech is kept. */
  readonly isAsking: boolean;
  /** Why the device does not keep it though the user wants that; empty otherwise. */
  readonly problem: string;
}

/** Shows the queries that wait, and lets each be deleted; nothing when none waits. */
export class QueueView {
  readonly #elements: QueueElements;
  readonly #delete: (query: WaitingQuery) => void;
  #shown: readonly WaitingQuery[] = [];

  constructor(elements: QueueElements, deleteQuery: (query: WaitingQuery) => void) {
    this.#elements = elements;
    this.#delete = deleteQuery;
  }

  /** Shows a situation; what did not change is left alone, so that the keyboard stays where it is. */
  show({ waiting, isStored, isOnline, isSending, isAsking, problem }: QueueSituation): void {
    const { section, heading, note, question, send, fallback } = this.#elements;
    const hadFocus = section.contains(document.activeElement);
    section.hidden = waiting.length === 0;
    setText(heading, MESSAGES.waiting(waiting.length, isOnline));
    setText(note, problem === '' ? (isStored ? MESSAGES.waitsOnDevice : MESSAGES.waitsInMemory) : problem);
    question.hidden = !isAsking;
    send.disabled = isSending;
    setText(send, isSending ? MESSAGES.sendingQueue : MESSAGES.sendNow);
    this.#showList(waiting);
    const lostFocus = hadFocus && (section.hidden || !section.contains(document.activeElement));
    if (lostFocus) (section.hidden ? fallback : heading).focus();
  }

  #showList(waiting: readonly WaitingQuery[]): void {
    if (JSON.stringify(waiting) === JSON.stringify(this.#shown)) return;
    this.#shown = waiting;
    this.#elements.list.replaceChildren(...waiting.map((query) => this.#item(query)));
  }

  #item(query: WaitingQuery): HTMLLIElement {
    const item = textElement('li', 'waiting', '');
    const when = clock.format(query.createdAtUnixMs);
    const length = seconds.format(Math.max(1, query.bytes / BYTES_PER_SECOND));
    const button = textElement('button', 'pill', MESSAGES.deleteOne);
    button.type = 'button';
    button.setAttribute('aria-label', MESSAGES.deleteOneOf(when));
    button.addEventListener('click', () => this.#delete(query));
    item.append(textElement('span', '', MESSAGES.waitingQuery(when, length)), button);
    return item;
  }
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
