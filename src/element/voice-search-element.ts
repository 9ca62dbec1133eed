import type { QueryEnds, SpeechPipelineOptions } from '../index.ts';
import { Consent } from './consent.ts';
import { fire } from './element-events.ts';
import { ElementView } from './element-view.ts';
import { ElementWords } from './element-words.ts';
import { FormField } from './form-field.ts';
import { watchHotkey } from './hotkey.ts';
import { PressControl } from './press-control.ts';
import { SearchText } from './search-text.ts';
import { endpointHost, PIPELINE_ATTRIBUTES, readSettings, SHOWN_ATTRIBUTES } from './settings.ts';
import { type ShownState, shownState, type VoiceAction } from './shown-state.ts';
import { STYLES } from './styles.ts';
import { VoiceControl } from './voice-control.ts';
import type { VoicePhase } from './voice-state.ts';
import type { VoiceSearchMessages } from './words/messages.ts';

/**
 * `<voice-search>`: a search field that can be typed into and spoken to.
 *
 * It takes part in forms like an `<input>`. Nothing but this script is fetched before somebody points at the microphone,
 * and the browser is asked for permission only after a press.
 *
 * @summary A search field that can be typed into and spoken to.
 * @tagname voice-search
 *
 * @attr {string} endpoint - Transcription endpoint in OpenAI's shape; `/v1/audio/transcriptions` unless told.
 * @attr {string} model - Model that the endpoint is asked for.
 * @attr {string} language - BCP 47 language of the speech.
 * @attr {string} lang - Language of the words shown: English, German (`de`), Spanish (`es`), Arabic (`ar`).
 * @attr {string} dir - Direction; that of the page, or of the language shown, unless told.
 * @attr {string} name - Name under which a form sends the text.
 * @attr {string} value - Text at the start.
 * @attr {string} placeholder - Shown in the empty field.
 * @attr {string} label - Accessible name of the field.
 * @attr {boolean} required - The form around it is sent only with a text.
 * @attr {boolean} disabled - Neither typing nor speaking.
 * @attr {"toggle"|"hold"} mode - `hold` listens only while the microphone is held.
 * @attr {"auto"|"confirm"} submit - `confirm` asks before a spoken text is searched.
 * @attr {number} tau - Confidence (0..1) from which a spoken text is searched unasked; what the server says unless told.
 * @attr {boolean} interim - Shows text while it is recognised, where the server streams it.
 * @attr {"first"|"always"|"never"} priming - When to say, before the browser asks, where speech goes; `first` unless told.
 * @attr {string} consent-key - Key of localStorage that remembers that the priming was accepted.
 * @attr {"command"|"search"|"dictation"} vad - How eagerly speech is cut at pauses.
 * @attr {number} silence-ms - Silence that ends the query, ms.
 * @attr {number} max-duration - Longest query, s.
 * @attr {string} asset-base - Where the worklet, the workers and the kernel lie, if not beside the script.
 * @attr {"server"|"device"|"server-then-device"} predict - Where speech is recognised.
 * @attr {boolean} history - Keeps the last ten searches in localStorage; Alt+Down shows them.
 * @attr {boolean} queue-offline - Keeps speech that could not be sent on the device, and sends it later.
 * @attr {boolean} haptics - Vibrates when listening begins and ends.
 * @attr {boolean} earcons - Two short tones when listening begins and ends.
 * @attr {string} hotkey - Starts and stops from anywhere in the page, such as `ctrl+shift+s`.
 *
 * @fires {CustomEvent<null>} vs-before-start - The microphone was pressed. Cancelable.
 * @fires {CustomEvent} vs-state - Another state: `{ state, previous }`.
 * @fires {CustomEvent} vs-speech-start - Speech begins: `{ segmentId }`.
 * @fires {CustomEvent} vs-speech-end - Speech ends: `{ segmentId }`.
 * @fires {CustomEvent} vs-level - About 15 a second: `{ rmsDbfs, peakDbfs, probability }`.
 * @fires {CustomEvent} vs-segment - A segment is on its way: `{ segmentId, span, metrics }`.
 * @fires {CustomEvent} vs-partial - The text so far: `{ text }`.
 * @fires {CustomEvent} vs-transcript - The text of the query: `{ text, confidence, segments, latency, isLate }`.
 * @fires {CustomEvent} vs-change - The text changed: `{ value, source }`.
 * @fires {CustomEvent} vs-search - The text is to be searched: `{ value, source }`. Cancelable.
 * @fires {CustomEvent<null>} vs-search-again - Somebody spoke again right after a result.
 * @fires {CustomEvent<null>} vs-switch-typing - Somebody typed instead.
 * @fires {CustomEvent} vs-metrics - What the site reported, and what a query took: `{ name, value, unit }`.
 * @fires {CustomEvent} vs-error - Something failed: `{ code, message }`.
 *
 * @slot mic-icon - In place of the microphone's picture.
 * @slot priming - In place of the words about where speech goes.
 * @slot consent - Shown with the priming, such as a link to a privacy policy.
 * @slot error - In place of the words about what failed.
 * @slot - The plain form that is shown without script.
 *
 * @csspart form - The form.
 * @csspart input - The text field.
 * @csspart clear - The button that clears it.
 * @csspart mic - The microphone button.
 * @csspart mic-icon - Its picture.
 * @csspart meter - The level meter.
 * @csspart transcript - The text so far.
 * @csspart status - Words and buttons below the field.
 * @csspart action - A button there.
 * @csspart confirm - A button there that says yes.
 * @csspart retry - A button there that tries again.
 * @csspart panel - What opens below the field.
 * @csspart history - The recent searches.
 * @csspart history-item - One of them.
 *
 * @cssprop --vs-accent - Colour of the microphone and of what is chosen.
 * @cssprop --vs-bg - Background.
 * @cssprop --vs-fg - Text.
 * @cssprop --vs-border - Borders.
 * @cssprop --vs-danger - Words about what failed.
 * @cssprop --vs-radius - Radius of the corners.
 * @cssprop --vs-target - Least size of what can be pressed, 44px.
 * @cssprop --vs-gap - Distance between buttons.
 * @cssprop --vs-font - Font, as the `font` property takes it.
 * @cssprop --vs-meter-color - Bars of the level meter.
 */
export class VoiceSearchElement extends FormField {
  static readonly observedAttributes: readonly string[] = [...SHOWN_ATTRIBUTES, ...PIPELINE_ATTRIBUTES];

  readonly #view = new ElementView((action) => this.#act(action));
  readonly #words = new ElementWords(this, () => this.#show());
  readonly #consent = new Consent(this);
  readonly #text = new SearchText(
    {
      target: this,
      form: () => this.form,
      changed: () => this.#onValue(),
      typed: () => this.#voice.step({ type: 'typed' }),
      undone: () => this.#voice.step({ type: 'undone' }),
    },
    this.#view.tree,
  );
  readonly #voice = new VoiceControl({
    target: this,
    settings: () => readSettings(this, this.#options),
    show: (previous) => this.#onState(previous),
    announce: () => this.#view.announce(this.#shown.words),
    place: (text) => this.#text.place(text),
    search: () => this.#text.search('voice'),
    focus: (on) => this.#view.focus(on),
    rememberConsent: () => this.#consent.give(),
    level: (rmsDbfs, isSpeech) => this.#view.level(rmsDbfs, isSpeech),
    addWords: (words) => this.#words.add(words),
  });
  #lifetime = new AbortController();
  #options: SpeechPipelineOptions = {};

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: 'open', delegatesFocus: true });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    shadow.adoptedStyleSheets = [sheet];
    const { root, form } = this.#view.tree;
    shadow.append(root);
    root.addEventListener('keydown', (event) => this.#onEscape(event));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#voice.isOpen) this.stop();
      else this.#text.search('typed');
    });
  }

  /** @internal */
  connectedCallback(): void {
    this.#lifetime = new AbortController();
    const { signal } = this.#lifetime;
    const voice = this.#voice;
    const target = voice.pressTarget(
      (ends) => this.#press(ends),
      (ends) => this.#setEnds(ends),
    );
    new PressControl(this.#view.tree.microphone, target, signal);
    for (const type of ['online', 'offline'] as const) {
      window.addEventListener(type, () => voice.step({ type }), { signal });
    }
    watchHotkey(this, () => (voice.isOpen ? this.stop() : this.start()), signal);
    this.#text.takeOver();
    void this.#words.load();
    void this.#consent.askBrowser();
    voice.step({ type: navigator.onLine ? 'online' : 'offline' });
    this.internals.states.add(this.state);
    this.#show();
    // An earlier visit may have left something to send.
    if (this.hasAttribute('queue-offline')) setTimeout(() => signal.aborted || voice.sendKept());
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#lifetime.abort();
    this.#voice.step({ type: 'leave' });
    this.#voice.end();
  }

  /** @internal */
  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (name === 'value') this.#text.setInitial(value ?? '');
    if (name === 'lang' && this.isConnected) void this.#words.load();
    if (PIPELINE_ATTRIBUTES.includes(name)) this.#voice.renew();
    this.#show();
  }

  /** @internal */
  formAssociatedCallback(): void {
    this.#text.takeOver();
  }

  /** @internal */
  formDisabledCallback(isDisabled: boolean): void {
    this.#view.disable(isDisabled);
    if (isDisabled) this.cancel();
  }

  /** @internal */
  formResetCallback(): void {
    this.#text.reset(this.getAttribute('value') ?? '');
  }

  /** @internal */
  formStateRestoreCallback(state: unknown): void {
    if (typeof state === 'string') this.value = state;
  }

  /** What stands in the field. */
  get value(): string {
    return this.#text.value;
  }

  set value(text: string) {
    this.#text.set(text);
  }

  /** The state, as `:state()` has it. */
  get state(): VoicePhase {
    return this.#voice.state.phase;
  }

  /** Words in place of the shipped ones. */
  get messages(): Partial<VoiceSearchMessages> {
    return this.#words.overrides;
  }

  set messages(messages: Partial<VoiceSearchMessages>) {
    this.#words.overrides = messages;
  }

  /** What attributes cannot say, such as `getToken`, `headers` or `server`; attributes go before it. */
  get options(): SpeechPipelineOptions {
    return this.#options;
  }

  set options(options: SpeechPipelineOptions) {
    this.#options = options;
    this.#voice.renew();
    this.#show();
  }

  /** Listens, as a press of the microphone does; call it from a user's gesture. */
  start(): void {
    this.#press('auto');
  }

  /** Closes the microphone and keeps what was said. */
  stop(): void {
    this.#voice.step({ type: 'stop' });
  }

  /** Closes the microphone and drops what was said. */
  cancel(): void {
    this.#voice.step({ type: 'cancel' });
  }

  /** Gives back the text before the last spoken one; false when there is none, or the text was touched since. */
  undo(): boolean {
    return this.#text.undo();
  }

  /** Takes an undo back. */
  redo(): boolean {
    return this.#text.redo();
  }

  /** Empties the field. */
  clear(): void {
    this.#text.empty('script');
  }

  /** Deletes what this element keeps on the device: recent searches, the consent, unsent speech, the recogniser. */
  async deleteData(): Promise<void> {
    this.#text.forget();
    this.#consent.withdraw();
    this.#show();
    await (await this.#voice.drive()).deleteData();
  }

  /** Tells how many results the last search had: only the site knows. */
  reportResults(count: number): void {
    fire(this, 'vs-metrics', { name: 'result-count', value: count, unit: 'count' });
  }

  /** Tells which result was chosen, the first being 1. */
  reportClick(position: number): void {
    fire(this, 'vs-metrics', { name: 'click-position', value: position, unit: 'position' });
  }

  get #shown(): ShownState {
    const { pipeline } = readSettings(this, this.#options);
    return shownState(this.#voice.state, {
      messages: this.#words.messages,
      host: endpointHost(pipeline),
      predict: pipeline.predict ?? 'server',
      howToAllow: this.#voice.howToAllow(this.#words.messages),
      isQueueing: pipeline.queueOffline === true,
      isUndoable: this.#text.canUndo,
    });
  }

  #show(): void {
    const { messages, isRightToLeft } = this.#words;
    const label = this.getAttribute('label') ?? messages.label;
    this.#view.label(messages, label, this.getAttribute('placeholder') ?? messages.placeholder, isRightToLeft);
    this.#view.show(this.#voice.state, this.#shown, messages);
    this.#onValue();
  }

  #onValue(): void {
    const { value, required, internals } = this;
    internals.setFormValue(value);
    const isMissing = required && value === '';
    internals.setValidity({ valueMissing: isMissing }, this.#words.messages.required, this.#view.tree.input);
  }

  #onState(previous: VoicePhase): void {
    const { states } = this.internals;
    states.delete(previous);
    states.add(this.state);
    this.#show();
    if (this.state !== previous) fire(this, 'vs-state', { state: this.state, previous });
  }

  #press(ends: QueryEnds): void {
    if (!this.isConnected || this.matches(':disabled')) return;
    this.#text.closeHistory();
    this.#voice.press(ends, this.#consent.isPrimed);
  }

  #setEnds(ends: QueryEnds): void {
    // A button that is to be held ends with the press, however short.
    const isLetGo = ends === 'auto' && this.getAttribute('mode') === 'hold' && this.state !== 'requesting';
    if (isLetGo) this.stop();
    else this.#voice.setEnds(ends);
  }

  #act(action: VoiceAction): void {
    if (action === 'undo') this.undo();
    else if (action === 'again' || action === 'try-again' || action === 'retry') this.start();
    else this.#voice.step({ type: action });
  }

  #onEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || this.state === 'idle' || this.state === 'offline') return;
    event.preventDefault();
    this.cancel();
  }
}
