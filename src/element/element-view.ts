import { type ElementTree, element, makeTree } from './element-tree.ts';
import { meterFill } from './meter-fill.ts';
import { ACTION_LABELS, type ShownState, type VoiceAction } from './shown-state.ts';
import { isMicrophoneFailure, isMicrophoneOpen, type VoiceState } from './voice-state.ts';
import type { KnownMessages } from './words/messages.ts';

const MAIN_ACTIONS: ReadonlySet<VoiceAction> = new Set(['allow', 'accept']);
const RETRY_ACTIONS: ReadonlySet<VoiceAction> = new Set(['again', 'try-again', 'retry', 'resend', 'resume']);

/** Shows states in the shadow tree; what did not change is not touched. */
export class ElementView {
  readonly tree: ElementTree = makeTree();
  readonly #act: (action: VoiceAction) => void;
  readonly #bars: readonly HTMLElement[];
  readonly #fills: string[];
  readonly #isSpeech: boolean[];
  #shownActions = '';

  constructor(act: (action: VoiceAction) => void) {
    this.#act = act;
    this.#bars = Array.from(this.tree.meter.children) as HTMLElement[];
    this.#fills = this.#bars.map(() => '');
    this.#isSpeech = this.#bars.map(() => false);
  }

  /** Words that stay whatever the state is. */
  label(messages: KnownMessages, label: string, placeholder: string, isRightToLeft: boolean): void {
    const { form, input, clear, microphone, keys, historyHeading, root } = this.tree;
    setAttribute(form, 'aria-label', label);
    setAttribute(input, 'aria-label', label);
    setAttribute(input, 'placeholder', placeholder);
    setAttribute(clear, 'aria-label', messages.clear);
    setAttribute(microphone, 'aria-label', messages.microphone);
    setText(keys, messages.keys);
    setText(historyHeading, messages.history);
    if (isRightToLeft) setAttribute(root, 'dir', 'rtl');
    else root.removeAttribute('dir');
  }

  show(state: VoiceState, { words, tone, actions }: ShownState, messages: KnownMessages): void {
    const { tree } = this;
    const isOpen = isMicrophoneOpen(state);
    const partial = 'partial' in state ? state.partial : '';
    const isError = state.phase === 'error' || isMicrophoneFailure(state.phase);
    setAttribute(tree.root, 'data-tone', tone);
    setAttribute(tree.microphone, 'aria-pressed', String(isOpen));
    setText(tree.transcript, partial);
    tree.transcript.hidden = partial === '';
    tree.meter.hidden = !isOpen && state.phase !== 'processing';
    tree.priming.hidden = state.phase !== 'priming';
    tree.consent.hidden = state.phase !== 'priming';
    tree.error.hidden = !isError;
    // What a site puts there takes the place of our words.
    const isReplaced = isFilled(tree.error) || isFilled(tree.priming);
    setText(tree.words, isReplaced ? '' : words);
    if (!isOpen) this.#stillMeter();
    this.#showActions(actions, messages);
    if (isOpen || state.phase === 'processing') setText(tree.announcer, '');
  }

  /** Has words read aloud once. */
  announce(words: string): void {
    setText(this.tree.announcer, words);
  }

  /** Adds a level to the meter. */
  level(rmsDbfs: number, isSpeech: boolean): void {
    const fill = Math.max(0.1, meterFill(rmsDbfs));
    this.#fills.push(`scaleY(${isSpeech ? fill.toFixed(2) : 0.1})`);
    this.#fills.shift();
    this.#isSpeech.push(isSpeech);
    this.#isSpeech.shift();
    this.#bars.forEach((bar, index) => {
      bar.style.transform = this.#fills[index]!;
      bar.className = this.#isSpeech[index]! ? 'speech' : '';
    });
  }

  /** A press of a pointer moves the focus to what was pressed afterwards, so that ours comes later. */
  focus(on: 'field' | 'microphone' | 'panel'): void {
    const { input, microphone, actions } = this.tree;
    const target = on === 'field' ? input : on === 'microphone' ? microphone : actions.querySelector('button');
    setTimeout(() => target?.focus());
  }

  disable(isDisabled: boolean): void {
    const { input, clear, microphone } = this.tree;
    for (const control of [input, clear, microphone]) control.disabled = isDisabled;
  }

  #stillMeter(): void {
    this.#fills.fill('');
    this.#isSpeech.fill(false);
    for (const bar of this.#bars) {
      if (bar.style.transform !== '') bar.style.transform = '';
      if (bar.className !== '') bar.className = '';
    }
  }

  #showActions(actions: readonly VoiceAction[], messages: KnownMessages): void {
    const key = actions.map((action) => action + messages[ACTION_LABELS[action]]).join('\n');
    if (key === this.#shownActions) return;
    this.#shownActions = key;
    const hadFocus = this.tree.actions.matches(':focus-within');
    this.tree.actions.replaceChildren(
      ...actions.map((action) => {
        const isMain = MAIN_ACTIONS.has(action);
        const part = isMain ? ' confirm' : RETRY_ACTIONS.has(action) ? ' retry' : '';
        const attributes = { part: `action${part}`, class: isMain ? 'action main' : 'action', type: 'button' };
        const button = element('button', attributes, messages[ACTION_LABELS[action]]);
        button.addEventListener('click', () => this.#act(action));
        return button;
      }),
    );
    // The pressed button is gone: the keyboard goes on at the microphone instead of the top of the page.
    if (hadFocus) this.tree.microphone.focus();
  }
}

function isFilled(slot: HTMLSlotElement): boolean {
  return !slot.hidden && slot.assignedNodes().length > 0;
}

function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

function setAttribute(target: HTMLElement, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
