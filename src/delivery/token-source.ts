import { isSpeechError, SpeechError } from '../errors.ts';
import type { GetToken } from '../protocol/delivery-messages.ts';
import { unlessAborted } from './deadline.ts';

/** The page's words in a message are cut off here. */
const QUOTE_LIMIT_CHARACTERS = 200;

/** Bearer tokens from the page: asked for when one is needed, kept until a server refuses it. */
export class TokenSource {
  readonly #getToken: GetToken;
  #asked: Promise<string> | undefined;
  #token: string | undefined;

  constructor(getToken: GetToken) {
    this.#getToken = getToken;
  }

  /**
   * The token kept, or a new one; calls at the same time share one question to the page.
   *
   * @throws SpeechError `unauthorised` when the page gives none; the signal's reason when that aborts.
   */
  async token(signal: AbortSignal): Promise<string> {
    this.#asked ??= this.#ask();
    const asked = this.#asked;
    try {
      return await unlessAborted(asked, signal);
    } catch (thrown) {
      // Nobody will wait for a question that outlived a deadline: the next one is asked anew.
      if (isSpeechError(signal.reason)) this.#forget(asked);
      throw thrown;
    }
  }

  /** The server refused this token (401): the next call asks the page again. */
  refused(token: string): void {
    if (this.#token === token) this.#forget(this.#asked);
  }

  async #ask(): Promise<string> {
    try {
      const token = await this.#getToken();
      if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
        throw new TypeError('it gave no token of visible ASCII characters');
      }
      this.#token = token;
      return token;
    } catch (cause) {
      this.#token = undefined;
      this.#asked = undefined;
      const reason = (cause instanceof Error ? cause.message : String(cause)).slice(0, QUOTE_LIMIT_CHARACTERS);
      throw new SpeechError('unauthorised', `getToken() failed, so the speech was not sent: ${reason}.`, { cause });
    }
  }

  #forget(asked: Promise<string> | undefined): void {
    if (this.#asked !== asked) return;
    this.#asked = undefined;
    this.#token = undefined;
  }
}
