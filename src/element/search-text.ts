import { fire, type ValueSource } from './element-events.ts';
import type { ElementTree } from './element-tree.ts';
import { FallbackField } from './fallback-field.ts';
import type { HistoryPanel } from './history-panel.ts';
import { KeptValues } from './kept-values.ts';
import { QueryHistory } from './query-history.ts';

/** The element, as {@link SearchText} needs it. */
export interface TextHost {
  /** Fires the events; its attributes `name` and `history` are read. */
  readonly target: HTMLElement;
  /** The form around the element. */
  form(): HTMLFormElement | null;
  /** The text is another one, whoever changed it. */
  changed(): void;
  /** A person changed the text. */
  typed(): void;
  /** A spoken text was taken back. */
  undone(): void;
}

/** The text in the field: who may change it, how it is searched, and what stood there before. */
export class SearchText {
  readonly #host: TextHost;
  readonly #tree: ElementTree;
  readonly #fallback: FallbackField;
  readonly #history = new QueryHistory();
  readonly #kept = new KeptValues();
  #panel: HistoryPanel | undefined;
  /** The value is no longer that of the attribute. */
  #isDirty = false;

  constructor(host: TextHost, tree: ElementTree) {
    this.#host = host;
    this.#tree = tree;
    this.#fallback = new FallbackField(host.target);
    tree.input.addEventListener('input', () => this.#onTyped('typed'));
    tree.input.addEventListener('keydown', (event) => this.#onKey(event));
    tree.clear.addEventListener('click', () => this.empty('clear'));
  }

  get value(): string {
    return this.#tree.input.value;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  /** Script changes the text, which tells nobody, as with an `<input>`. */
  set(text: string): void {
    this.#isDirty = true;
    this.#history.touch();
    this.#show(text);
  }

  /** The attribute that holds the text at the start changed. */
  setInitial(text: string): void {
    if (!this.#isDirty) this.#show(text);
  }

  reset(text: string): void {
    this.#isDirty = false;
    this.#history.clear();
    this.#show(text);
  }

  /** The plain field inside the tag gives way; what was typed there, and the focus, stay. */
  takeOver(): void {
    const { text, hadFocus } = this.#fallback.takeOver(this.#host.form());
    if (text !== '' && this.value === '') this.set(text);
    if (hadFocus) this.#tree.input.focus();
  }

  /** Puts a spoken text into the field. */
  place(text: string): void {
    this.#history.replace(this.value, text);
    this.#change(text, 'voice');
  }

  undo(): boolean {
    return this.#walk(this.#history.undo());
  }

  redo(): boolean {
    return this.#walk(this.#history.redo());
  }

  empty(source: 'clear' | 'script'): void {
    this.#tree.input.value = '';
    this.#onTyped(source);
    if (source === 'clear') this.#tree.input.focus();
  }

  /** Tells that the text is to be searched, and sends the form unless somebody else does it. */
  search(source: ValueSource): void {
    const { target } = this.#host;
    const { value } = this;
    this.#panel?.close();
    if (value !== '' && target.hasAttribute('history')) this.#kept.remember(this.#name, value);
    if (!fire(target, 'vs-search', { value, source })) return;
    const form = this.#host.form();
    if (form === null) this.#fallback.submit(value);
    else form.requestSubmit();
  }

  closeHistory(): void {
    this.#panel?.close();
  }

  /** Forgets the recent searches, and what undo knows. */
  forget(): void {
    this.#kept.forget(this.#name);
    this.#history.clear();
  }

  get #name(): string {
    return this.#host.target.getAttribute('name') ?? '';
  }

  /** A text of the history is shown and told; the site searches it, no form is sent. */
  #walk(text: string | undefined): boolean {
    if (text === undefined) return false;
    this.#change(text, 'history');
    this.#host.undone();
    fire(this.#host.target, 'vs-search', { value: text, source: 'history' });
    return true;
  }

  async #openHistory(): Promise<void> {
    const { HistoryPanel } = await import('./history-panel.ts');
    this.#panel ??= new HistoryPanel(this.#tree, (text) => this.#choose(text));
    this.#panel.open(this.#kept.recent(this.#name));
  }

  #choose(text: string): void {
    this.#history.replace(this.value, text);
    this.#change(text, 'history');
    this.search('history');
  }

  #onTyped(source: ValueSource): void {
    this.#history.touch();
    this.#change(this.value, source);
    this.#host.typed();
  }

  #change(value: string, source: ValueSource): void {
    this.#isDirty = true;
    this.#show(value);
    fire(this.#host.target, 'vs-change', { value, source });
  }

  #show(text: string): void {
    const { input, clear } = this.#tree;
    if (input.value !== text) input.value = text;
    // The placeholder runs as the page does, a text as it does itself.
    input.dir = text === '' ? '' : 'auto';
    clear.hidden = text === '';
    this.#host.changed();
  }

  /** Undo belongs to the text field itself, except for the steps that it cannot know: voice's. */
  #onKey(event: KeyboardEvent): void {
    if (event.altKey && event.key === 'ArrowDown' && this.#host.target.hasAttribute('history')) {
      event.preventDefault();
      void this.#openHistory();
    }
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
    if (event.shiftKey ? this.redo() : this.undo()) event.preventDefault();
  }
}
