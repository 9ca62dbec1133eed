import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { isSpeechError } from '../errors.ts';
import type { Transcription } from '../protocol/transcription.ts';
import { parseTranscriptionEvent, type TranscriptionEvent } from '../protocol/transcription-events.ts';
import { badAnswer, type Failure, statedFailure } from './refusal.ts';

/** What a stream of events came to. */
export type StreamOutcome = { readonly status: 'done'; readonly value: Transcription } | Failure;

/** How a streamed answer is read. */
export interface StreamReading {
  /** Named in messages, which never quote what may hold a transcript. */
  readonly host: string;
  /** The request asked for plain text: events then may be words instead of JSON. */
  readonly isPlainText: boolean;
  /** Told of the text so far whenever it grew. */
  readonly onInterim: (text: string) => void;
}

/** The last event of OpenAI's streams; servers that forget it are read all the same. */
const END_MARK = '[DONE]';

/**
 * A transcription out of server-sent events, however they are cut into pieces.
 *
 * A final event replaces the deltas before it, unless it is empty (speaches reads its segments twice and sends the
 * second, empty time as the final text).
 *
 * Source of the format: WHATWG HTML, section 9.2, "Server-sent events".
 */
export class EventStreamAnswer {
  readonly #reading: StreamReading;
  readonly #parser = createParser({ onEvent: (event) => this.#hear(event) });
  #text = '';
  #partCount = 0;
  #hasDelta = false;
  #hasSpoken = false;
  #outcome: StreamOutcome | undefined;

  constructor(reading: StreamReading) {
    this.#reading = reading;
  }

  /** What it came to, as soon as that stands: what follows is of no interest. */
  get outcome(): StreamOutcome | undefined {
    return this.#outcome;
  }

  /** @param piece The next characters, cut anywhere. */
  push(piece: string): void {
    if (this.#outcome === undefined) this.#parser.feed(piece);
  }

  /** The stream ended. */
  end(): StreamOutcome {
    // Servers that forget the empty line after the last event meant it all the same.
    this.push('\n\n');
    if (this.#outcome !== undefined) return this.#outcome;
    if (this.#hasSpoken) return this.#done();
    return badAnswer(`${this.#reading.host} answered with a stream of events, none of which holds text`);
  }

  #done(confidence?: number): StreamOutcome {
    return { status: 'done', value: { text: this.#text.trim(), ...(confidence === undefined ? {} : { confidence }) } };
  }

  #hear({ event: name, data }: EventSourceMessage): void {
    if (this.#outcome !== undefined) return;
    if (data.trim() === END_MARK) {
      this.#outcome = this.#done();
      return;
    }
    const event = this.#parse(data);
    if (event === undefined) {
      const { host } = this.#reading;
      this.#outcome = badAnswer(`${host} answered with a stream of events, one of which cannot be read`);
    } else if (name === 'error' && event.type !== 'error') {
      this.#outcome = statedFailure({ message: 'The server tells no reason' }, this.#reading.host, true);
    } else {
      this.#take(event);
    }
  }

  #parse(data: string): TranscriptionEvent | undefined {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return this.#reading.isPlainText ? { type: 'part', text: data } : undefined;
    }
    try {
      return parseTranscriptionEvent(value);
    } catch (thrown) {
      if (isSpeechError(thrown)) return undefined;
      throw thrown;
    }
  }

  #take(event: TranscriptionEvent): void {
    switch (event.type) {
      case 'delta':
        this.#hasDelta = true;
        this.#grow(this.#text + event.text);
        return;
      case 'part': {
        const isWhole = this.#hasDelta || (this.#partCount > 1 && event.text.trim() === this.#text.trim());
        this.#partCount++;
        this.#grow(isWhole ? event.text || this.#text : joined(this.#text, event.text));
        return;
      }
      case 'done':
        this.#text = event.text.trim() === '' ? this.#text : event.text;
        this.#outcome = this.#done(event.confidence);
        return;
      case 'error':
        this.#outcome = statedFailure(event.error, this.#reading.host, true);
        return;
      case 'other':
        return;
      default:
        event satisfies never;
    }
  }

  #grow(text: string): void {
    const isNews = text.trim() !== this.#text.trim();
    this.#hasSpoken = true;
    this.#text = text;
    if (isNews) this.#reading.onInterim(text.trim());
  }
}

/** Segments come with their spaces or stripped of them; a space is put where a sentence ends or a new one begins. */
function joined(before: string, after: string): string {
  const isSeamless = before === '' || /\s$/.test(before) || /^\s/.test(after);
  return isSeamless || !(/[.,:;!?…]$/.test(before) || /^\p{Lu}/u.test(after)) ? before + after : `${before} ${after}`;
}
