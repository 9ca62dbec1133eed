import { SpeechError } from '../errors.ts';
import type { Ms } from '../units.ts';
import type { Clock } from './clock.ts';

/** A minute of speech with every token's log-probability is a tenth of this. */
export const ANSWER_LIMIT_BYTES = 4_000_000;

/** How long the rest of an answer that nobody needs is read, so that its connection can be used again. */
const LINGER_MS: Ms = 1_000;

/** The text of an answer, as it arrives, within a limit. */
export class AnswerBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #charset: string;
  readonly #limitBytes: number;

  /** @param response Its body is read here and nowhere else. */
  constructor(response: Pick<Response, 'body' | 'headers'>, limitBytes: number = ANSWER_LIMIT_BYTES) {
    this.#reader = response.body?.getReader();
    this.#charset = charsetIn(response.headers.get('content-type'));
    this.#limitBytes = limitBytes;
  }

  /**
   * Pieces of text: no character is cut in two, a byte order mark is left out.
   *
   * @throws SpeechError `bad-answer` for bytes that are no text in the answer's character set, and past the limit; what
   *   the network throws.
   */
  async *pieces(): AsyncGenerator<string, void, undefined> {
    const decoder = decoderFor(this.#charset);
    let byteCount = 0;
    for (;;) {
      const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined };
      if (done) break;
      byteCount += value.length;
      if (byteCount > this.#limitBytes) {
        void this.#reader?.cancel().catch(() => undefined);
        throw new SpeechError('bad-answer', `The answer is longer than ${this.#limitBytes} bytes.`);
      }
      yield decoded(decoder, value);
    }
    yield decoded(decoder, undefined);
  }

  /** All of it. @throws As {@link pieces}. */
  async whole(): Promise<string> {
    let text = '';
    for await (const piece of this.pieces()) text += piece;
    return text;
  }

  /** Nothing more is needed: reads on for a moment, then cuts the connection. */
  letGo(clock: Clock): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const drained = new AbortController();
    const drain = async (): Promise<void> => {
      while (!(await reader.read()).done);
      drained.abort();
    };
    drain().catch(() => drained.abort());
    clock.wait(LINGER_MS, drained.signal).then(
      () => reader.cancel().catch(() => undefined),
      () => undefined,
    );
  }
}

/** Source: RFC 9110, section 8.3.2; UTF-8 where nothing is said. */
function charsetIn(contentType: string | null): string {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw new SpeechError('bad-answer', 'The answer is in a character set that nobody here knows.', { cause });
  }
}

function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (cause) {
    throw new SpeechError('bad-answer', `The answer is no text in ${decoder.encoding}, or was cut off.`, { cause });
  }
}
