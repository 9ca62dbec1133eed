import { messagesIn } from './words/languages.ts';
import { ENGLISH, type KnownMessages, type LaterMessages, type VoiceSearchMessages } from './words/messages.ts';

/** The words of the element: those of its language, and what its site wants otherwise. */
export class ElementWords {
  readonly #host: HTMLElement;
  readonly #changed: () => void;
  #translation: KnownMessages = ENGLISH;
  #later: Partial<LaterMessages> = {};
  #overrides: Partial<VoiceSearchMessages> = {};

  constructor(host: HTMLElement, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get messages(): KnownMessages {
    return { ...this.#later, ...this.#translation, ...this.#overrides };
  }

  get overrides(): Partial<VoiceSearchMessages> {
    return this.#overrides;
  }

  set overrides(messages: Partial<VoiceSearchMessages>) {
    this.#overrides = messages;
    this.#changed();
  }

  /** Words that only a press can need. */
  add(later: LaterMessages): void {
    this.#later = later;
  }

  /** True where the words run otherwise than a page that says nothing about direction. */
  get isRightToLeft(): boolean {
    return this.messages.direction === 'rtl' && this.#host.closest('[dir]') === null;
  }

  /** Goes by the `lang` of the element or of what is around it. Words that cannot be fetched stay as they are. */
  async load(): Promise<void> {
    const language = this.#host.closest<HTMLElement>('[lang]')?.lang ?? '';
    try {
      this.#translation = await messagesIn(language);
    } catch {
      return;
    }
    this.#changed();
  }
}
