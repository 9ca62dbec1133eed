import * as v from 'valibot';
import { SpeechError } from '../errors.ts';
import { confidenceOf, parseStatedError, type StatedError } from './transcription.ts';

/** One event of a streamed transcription, whoever's server sent it. */
export type TranscriptionEvent =
  /** More text, to be put after what came before. */
  | { readonly type: 'delta'; readonly text: string }
  /** The text of one more stretch of speech, or all of it again. */
  | { readonly type: 'part'; readonly text: string }
  /** All of the text. */
  | { readonly type: 'done'; readonly text: string; readonly confidence?: number }
  | { readonly type: 'error'; readonly error: StatedError }
  /** Nothing about the text: usage, timings, a sign of life. */
  | { readonly type: 'other' };

const typedSchema = v.object({ type: v.string() });
const deltaSchema = v.object({ delta: v.string() });
const textSchema = v.object({ text: v.string() });
const choicesSchema = v.object({
  choices: v.array(v.object({ delta: v.optional(v.object({ content: v.nullish(v.string()) })) })),
});

/**
 * Reads one event: OpenAI's `transcript.text.*`, chat-like `choices[].delta.content`, a bare `{text}`, or an error.
 *
 * @throws SpeechError `bad-answer` when the value has one of these shapes with other types in it.
 */
export function parseTranscriptionEvent(value: unknown): TranscriptionEvent {
  const error = parseStatedError(value);
  if (error !== undefined && !has(value, 'text')) return { type: 'error', error };
  const type = v.is(typedSchema, value) ? value.type : undefined;
  switch (type) {
    case 'transcript.text.delta':
      return { type: 'delta', text: parsed(deltaSchema, value).delta };
    case 'transcript.text.done': {
      const confidence = confidenceOf(value);
      return {
        type: 'done',
        text: parsed(textSchema, value).text,
        ...(confidence === undefined ? {} : { confidence }),
      };
    }
    case 'error':
      return { type: 'error', error: { message: 'The server tells no reason' } };
    case undefined:
      if (has(value, 'choices')) return { type: 'delta', text: contentOf(value) };
      return has(value, 'text') ? { type: 'part', text: parsed(textSchema, value).text } : { type: 'other' };
    default:
      // `transcript.text.segment` says again, with times, what the deltas said.
      return { type: 'other' };
  }
}

function contentOf(value: unknown): string {
  return parsed(choicesSchema, value)
    .choices.map(({ delta }) => delta?.content ?? '')
    .join('');
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new SpeechError('bad-answer', 'An event of the streamed answer has a field of the wrong type.');
}
