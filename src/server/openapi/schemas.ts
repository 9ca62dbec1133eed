import type { SearchAnswer, SearchHit } from '../../protocol/search.ts';
import { AUTOMATION_LEVELS, type SessionAnswer } from '../../protocol/session.ts';
import type {
  ErrorJson,
  TokenLogprob,
  TranscriptionJson,
  TranscriptionSegment,
  VerboseTranscriptionJson,
} from '../../protocol/transcription.ts';
import { type JsonSchema, objectOf } from './json-schema.ts';
import { METRIC_SCHEMAS } from './metric-schemas.ts';

const text = (description: string): JsonSchema => ({ type: 'string', description });
const seconds = (description: string): JsonSchema => ({ type: 'number', minimum: 0, description });
const listOf = (name: string): JsonSchema => ({ type: 'array', items: refTo(name) });

/** A reference to one of {@link SCHEMAS}. */
export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

const transcriptionFields = {
  text: text('What was said; empty when there was no speech.'),
  confidence: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'exp of the mean log-probability of the tokens; 0 without speech.',
  },
  duration: seconds('Length of the audio received, in seconds.'),
  logprobs: { ...listOf('TokenLogprob'), description: 'With include[]=logprobs only.' },
} as const;

/** All schemas of the API by name. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ...METRIC_SCHEMAS,
  Transcription: objectOf<TranscriptionJson>(transcriptionFields, 'logprobs'),
  VerboseTranscription: objectOf<VerboseTranscriptionJson>(
    {
      ...transcriptionFields,
      task: { const: 'transcribe' },
      language: { type: 'string', examples: ['english'] },
      segments: listOf('TranscriptionSegment'),
    },
    'logprobs',
  ),
  TranscriptionSegment: objectOf<TranscriptionSegment>({
    id: { type: 'integer', minimum: 0 },
    start: seconds('In seconds from the start of the clip.'),
    end: seconds('In seconds from the start of the clip.'),
    text: text('What was said in it.'),
    temperature: { const: 0, description: 'Decoding is greedy.' },
    avg_logprob: { type: 'number', maximum: 0, description: 'Mean natural log-probability of its tokens.' },
  }),
  TokenLogprob: objectOf<TokenLogprob>({
    token: { type: 'string' },
    logprob: { type: 'number', maximum: 0, description: 'Natural logarithm.' },
    bytes: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 255 }, description: 'UTF-8.' },
  }),
  TranscriptTextDelta: objectOf<{ type: string; delta: string; logprobs?: unknown }>(
    {
      type: { const: 'transcript.text.delta' },
      delta: text('The next stretch of the text.'),
      logprobs: listOf('TokenLogprob'),
    },
    'logprobs',
  ),
  TranscriptTextDone: objectOf<{ type: string; text: string; logprobs?: unknown }>(
    {
      type: { const: 'transcript.text.done' },
      text: text('The whole text: all deltas together.'),
      logprobs: listOf('TokenLogprob'),
    },
    'logprobs',
  ),
  Error: objectOf<ErrorJson>({
    error: objectOf<ErrorJson['error']>({
      message: text('What is wrong, and what to do.'),
      type: {
        type: 'string',
        enum: ['invalid_request_error', 'authentication_error', 'permission_error', 'rate_limit_error', 'server_error'],
      },
      param: { type: ['string', 'null'], description: 'The field or header at fault, when one is.' },
      code: { type: ['string', 'null'], description: 'The reason, for programs.' },
    }),
  }),
  Model: objectOf<Record<'id' | 'object' | 'created' | 'owned_by' | 'licence' | 'languages', unknown>>({
    id: { type: 'string' },
    object: { const: 'model' },
    created: { type: 'integer', description: 'Seconds since 1970.' },
    owned_by: { type: 'string' },
    licence: { type: 'string' },
    languages: { type: 'array', items: { type: 'string' }, description: 'ISO 639-1.' },
  }),
  ModelList: objectOf<Record<'object' | 'data', unknown>>({ object: { const: 'list' }, data: listOf('Model') }),
  Session: objectOf<SessionAnswer>({
    release: text('The release that will answer.'),
    automationLevel: {
      type: 'string',
      enum: AUTOMATION_LEVELS,
      description: 'What a page does with a text by itself.',
    },
    tau: { type: 'number', minimum: 0, maximum: 1, description: 'At level L3, the confidence to go on by itself.' },
    clipContract: text('Version of the clip contract that the release knows.'),
  }),
  SearchAnswer: objectOf<SearchAnswer>({
    query: { type: 'string' },
    hits: listOf('SearchHit'),
    took_ms: { type: 'number', minimum: 0 },
  }),
  SearchHit: objectOf<SearchHit>({
    id: { type: 'string' },
    name: { type: 'string' },
    description: { type: 'string' },
    category: { type: 'string' },
    price: { type: 'number', minimum: 0, description: 'US dollars; of the smallest size where there are several.' },
    score: { type: 'number', description: 'Higher is nearer, within one answer.' },
    icon: { type: 'string' },
  }),
  Health: objectOf<{ status: string }>({ status: { const: 'ok' } }),
  Ready: objectOf<Record<'status' | 'queued' | 'running', unknown>>({
    status: { const: 'ready' },
    queued: { type: 'integer', minimum: 0, description: 'Clips that wait.' },
    running: { type: 'integer', minimum: 0, description: 'Clips that are being recognised.' },
  }),
  NotReady: objectOf<{ status: string }>({ status: { type: 'string', enum: ['starting', 'failed'] } }),
};
