import * as v from 'valibot';
import { SpeechError } from '../errors.ts';
import type { Seconds } from '../units.ts';

/** What a client needs of a transcription answer, whoever's server gave it. */
export interface Transcription {
  /** Empty when the recogniser heard no speech. */
  readonly text: string;
  /** exp(mean token log-probability), 0..1; absent when the server does not tell. */
  readonly confidence?: number;
}

/** Our server's answer to `response_format=json`: OpenAI's `{text}` and three fields of ours. */
export interface TranscriptionJson extends Transcription {
  readonly confidence: number;
  /** Length of the audio received. */
  readonly duration: Seconds;
  /** One entry a token, only when the request asked for `include[]=logprobs`. */
  readonly logprobs?: readonly TokenLogprob[];
}

/** Log-probability of one token, in OpenAI's shape. */
export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm, at most 0. */
  readonly logprob: number;
  /** UTF-8 bytes of the token. */
  readonly bytes: readonly number[];
}

/** One stretch of speech inside `response_format=verbose_json`: the fields of OpenAI's that we can tell. */
export interface TranscriptionSegment {
  readonly id: number;
  readonly start: Seconds;
  readonly end: Seconds;
  readonly text: string;
  /** 0: decoding is greedy. */
  readonly temperature: number;
  /** Mean natural log-probability of the segment's tokens. */
  readonly avg_logprob: number;
}

/** Our server's answer to `response_format=verbose_json`. */
export interface VerboseTranscriptionJson extends TranscriptionJson {
  readonly task: 'transcribe';
  readonly language: string;
  readonly segments: readonly TranscriptionSegment[];
}

/** The body of every refusal of our server: OpenAI's error shape. */
export interface ErrorJson {
  readonly error: {
    readonly message: string;
    readonly type: string;
    /** The request field at fault, when one is. */
    readonly param: string | null;
    readonly code: string | null;
  };
}

const logShareSchema = v.pipe(v.number(), v.finite());
const segmentConfidenceSchema = v.object({ avg_logprob: logShareSchema });

const confidenceFieldsSchema = v.object({
  confidence: v.optional(v.unknown()),
  segments: v.optional(v.unknown()),
  logprobs: v.optional(v.unknown()),
});
const transcriptionSchema = v.object({ ...confidenceFieldsSchema.entries, text: v.string() });

const messageSchema = v.pipe(v.string(), v.trim(), v.minLength(1));
const statusSchema = v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599));
const statedSchema = v.object({ message: messageSchema, code: v.optional(v.unknown()) });
const errorBodySchema = v.union([
  v.pipe(
    v.object({ error: statedSchema }),
    v.transform((body) => stated(body.error)),
  ),
  v.pipe(
    v.object({ error: messageSchema }),
    v.transform((body) => ({ message: body.error })),
  ),
  v.pipe(
    v.object({ detail: messageSchema }),
    v.transform((body) => ({ message: body.detail })),
  ),
  v.pipe(
    // FastAPI's validation errors: a list of what is wrong, the first of which is told.
    v.object({ detail: v.pipe(v.array(v.object({ msg: messageSchema })), v.minLength(1)) }),
    v.transform((body) => ({ message: body.detail[0]?.msg ?? '' })),
  ),
  v.pipe(
    statedSchema,
    v.transform((body) => stated(body)),
  ),
]);

/** What a server says about its failure. */
export interface StatedError {
  readonly message: string;
  /** The HTTP status that the error would have had, where its `code` names one. */
  readonly status?: number;
}

function stated({ message, code }: v.InferOutput<typeof statedSchema>): StatedError {
  return v.is(statusSchema, code) ? { message, status: code } : { message };
}

/**
 * Reads a transcription out of a parsed JSON answer: `{text}`, our `{text, confidence, …}` or `verbose_json`.
 *
 * A confidence that the answer does not state is taken from its segments' `avg_logprob` or its `logprobs`; one that is
 * no number in 0..1 is left out. Fields that are not needed may be of any type: some servers send durations as strings.
 *
 * @throws SpeechError `bad-answer` when the value holds no text.
 */
export function parseTranscriptionJson(value: unknown): Transcription {
  const parsed = v.safeParse(transcriptionSchema, value);
  if (!parsed.success) {
    throw new SpeechError(
      'bad-answer',
      `The server's answer is not a transcription: it should be a JSON object with a string "text".`,
    );
  }
  const { text } = parsed.output;
  const known = confidenceOf(parsed.output);
  return known === undefined ? { text } : { text, confidence: known };
}

/** The confidence that an answer states, or that follows from its log-probabilities; 0..1. */
export function confidenceOf(value: unknown): number | undefined {
  const parsed = v.safeParse(confidenceFieldsSchema, value);
  if (!parsed.success) return undefined;
  const { confidence, segments, logprobs } = parsed.output;
  return confidenceIn(confidence) ?? meanLogToConfidence(segments) ?? meanLogToConfidence(logprobs);
}

/**
 * What an error answer says: `{error:{message}}`, `{error:"…"}`, `{detail}` or `{message}`.
 *
 * @returns Undefined when the value has none of these shapes.
 */
export function parseStatedError(value: unknown): StatedError | undefined {
  const parsed = v.safeParse(errorBodySchema, value);
  return parsed.success ? parsed.output : undefined;
}

function confidenceIn(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined;
}

/** exp of the mean log-probability of `verbose_json` segments or of OpenAI's token list. */
function meanLogToConfidence(entries: unknown): number | undefined {
  if (!Array.isArray(entries) || entries.length === 0) return undefined;
  let sum = 0;
  for (const entry of entries) {
    const parsed = v.safeParse(v.union([segmentConfidenceSchema, v.object({ logprob: logShareSchema })]), entry);
    if (!parsed.success) return undefined;
    sum += 'avg_logprob' in parsed.output ? parsed.output.avg_logprob : parsed.output.logprob;
  }
  return confidenceIn(Math.exp(sum / entries.length));
}
