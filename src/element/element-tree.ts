import { CLEAR_PATH, icon, MICROPHONE_PATH } from './icon.ts';

/** Bars of the level meter. */
const BAR_COUNT = 40;

const STOP_PATH = 'M8 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2Z';

/** The parts of the shadow tree that change. */
export interface ElementTree {
  readonly root: HTMLElement;
  readonly form: HTMLFormElement;
  readonly input: HTMLInputElement;
  readonly clear: HTMLButtonElement;
  readonly microphone: HTMLButtonElement;
  readonly keys: HTMLElement;
  readonly meter: HTMLElement;
  readonly words: HTMLElement;
  readonly actions: HTMLElement;
  readonly transcript: HTMLElement;
  readonly priming: HTMLSlotElement;
  readonly consent: HTMLSlotElement;
  readonly error: HTMLSlotElement;
  readonly panel: HTMLElement;
  readonly historyHeading: HTMLElement;
  readonly history: HTMLElement;
  /** `role=status`: what a screen reader speaks. */
  readonly announcer: HTMLElement;
}

/** Makes the shadow tree, node by node: no markup is parsed, so that Trusted Types have nothing to ask. */
export function makeTree(): ElementTree {
  const input = element('input', {
    ...{ part: 'input', type: 'search', enterkeyhint: 'search', autocomplete: 'off', autocapitalize: 'off' },
    ...{ spellcheck: 'false', maxlength: '300' },
  });
  const clear = element('button', { part: 'clear', class: 'icon clear', type: 'button', hidden: '' }, icon(CLEAR_PATH));
  const keys = element('span', { id: 'keys', class: 'spoken' });
  const microphoneIcon = icon(MICROPHONE_PATH);
  microphoneIcon.setAttribute('part', 'mic-icon');
  const stopIcon = icon(STOP_PATH);
  stopIcon.setAttribute('class', 'stop');
  const microphone = element(
    'button',
    { part: 'mic', class: 'icon mic', type: 'button', 'aria-pressed': 'false', 'aria-describedby': 'keys' },
    element('slot', { name: 'mic-icon' }, microphoneIcon),
    stopIcon,
  );
  const bars = Array.from({ length: BAR_COUNT }, () => element('i', {}));
  const meter = element('div', { part: 'meter', class: 'meter', 'aria-hidden': 'true', hidden: '' }, ...bars);
  const form = element(
    'form',
    { part: 'form', role: 'search' },
    element('div', { class: 'row' }, input, clear, microphone, keys),
    meter,
  );
  const words = element('p', { class: 'words' });
  const actions = element('div', { class: 'actions' });
  const transcript = element('p', { part: 'transcript', class: 'transcript', dir: 'auto', hidden: '' });
  const priming = element('slot', { name: 'priming', hidden: '' });
  const consent = element('slot', { name: 'consent', hidden: '' });
  const error = element('slot', { name: 'error', hidden: '' });
  const historyHeading = element('h2', { id: 'history-heading' });
  const history = element('ul', { part: 'history', 'aria-labelledby': 'history-heading' });
  const panel = element('div', { part: 'panel', class: 'panel', hidden: '' }, historyHeading, history);
  const announcer = element('div', { class: 'spoken', role: 'status' });
  const below = element('div', { part: 'status', class: 'below' }, transcript, words, priming, consent, error, actions);
  const root = element('div', { 'data-tone': 'quiet' }, form, below, panel, announcer);
  return {
    ...{ root, form, input, clear, microphone, keys, meter, words, actions, transcript, priming, consent, error },
    ...{ panel, historyHeading, history, announcer },
  };
}

/** Makes an element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
