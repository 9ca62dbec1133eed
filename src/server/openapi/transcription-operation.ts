import { CLIP_CONTRACT_VERSION, REPLAYED_HEADER } from '../../protocol/headers.ts';
import { READABLE_FORMATS } from '../audio-format.ts';
import { MAX_AUDIO_SECONDS, MAX_FILE_BYTES } from '../audio-limits.ts';
import type { Release } from '../release.ts';
import { RESPONSE_FORMATS } from '../transcription-request.ts';
import type { JsonSchema } from './json-schema.ts';
import { COMMON_REFUSALS, errorAnswer, type OperationObject, retryLater } from './operation.ts';
import { refTo } from './schemas.ts';

function form(release: Release): JsonSchema {
  return {
    type: 'object',
    required: ['file'],
    properties: {
      file: {
        type: 'string',
        format: 'binary',
        contentMediaType: 'application/octet-stream',
        description: `${READABLE_FORMATS}, up to ${MAX_FILE_BYTES / 1024 / 1024} MB and ${MAX_AUDIO_SECONDS} s. Its content decides, not its name.`,
      },
      model: { type: 'string', enum: [release.id], description: 'May be left out.' },
      language: {
        type: 'string',
        enum: release.languages,
        description: 'May be left out; en-US and english are understood, too.',
      },
      response_format: { type: 'string', enum: RESPONSE_FORMATS, default: 'json' },
      stream: {
        type: 'boolean',
        default: false,
        description: 'Server-sent events: each stretch of speech as soon as it is recognised. With json or text only.',
      },
      'include[]': {
        type: 'array',
        items: { type: 'string', enum: ['logprobs'] },
        default: [],
        description: 'Log-probabilities of the tokens; with json only.',
      },
      'timestamp_granularities[]': {
        type: 'array',
        items: { type: 'string', enum: ['segment'] },
        default: [],
      },
      prompt: {
        type: 'string',
        default: '',
        description:
          'Taken and not used, as are temperature and chunking_strategy: the answer names them in X-Ignored-Params.',
      },
    },
  };
}

/** `POST /v1/audio/transcriptions`. */
export function transcriptionOperation(release: Release): OperationObject {
  return {
    operationId: 'createTranscription',
    summary: 'Recognise speech',
    description:
      "OpenAI's call. Without X-Clip-Contract the server finds the speech in the clip itself and joins the texts, so that silence gives an empty text.",
    tags: ['Speech'],
    parameters: [
      {
        name: 'X-Clip-Contract',
        in: 'header',
        description: 'The clip is one stretch of speech that a front end has cut and levelled by this contract.',
        schema: { type: 'string', enum: [CLIP_CONTRACT_VERSION] },
      },
      {
        name: 'X-Deadline-Ms',
        in: 'header',
        description: 'After this time nobody waits for the answer any more: the work is dropped.',
        schema: { type: 'integer', minimum: 1 },
      },
      {
        name: 'Idempotency-Key',
        in: 'header',
        description:
          'Random, the same on every repeat of a request, which then is answered without being worked on twice.',
        schema: { type: 'string', minLength: 16, maxLength: 255 },
      },
      {
        name: 'X-Session-Key',
        in: 'header',
        description: 'Random, the same for one visit.',
        schema: { type: 'string', maxLength: 200 },
      },
    ],
    requestBody: { required: true, content: { 'multipart/form-data': { schema: form(release) } } },
    responses: {
      '200': {
        description: 'The text; empty when there was no speech.',
        headers: {
          'X-Release': { description: 'The release that answered.', schema: { type: 'string' } },
          'X-Ignored-Params': { description: 'Fields that change nothing here.', schema: { type: 'string' } },
          [REPLAYED_HEADER]: { description: 'true for the kept answer of a repeat.', schema: { type: 'string' } },
          'X-Request-Id': { description: 'Names this call in the log.', schema: { type: 'string' } },
        },
        content: {
          'application/json': { schema: { oneOf: [refTo('Transcription'), refTo('VerboseTranscription')] } },
          'text/plain': { schema: { type: 'string' } },
          'application/x-subrip': { schema: { type: 'string' } },
          'text/vtt': { schema: { type: 'string' } },
          'text/event-stream': {
            schema: { oneOf: [refTo('TranscriptTextDelta'), refTo('TranscriptTextDone'), refTo('Error')] },
          },
        },
      },
      ...COMMON_REFUSALS,
      '400': errorAnswer('A field or the file is at fault; param names it.'),
      '404': errorAnswer('There is no such model.'),
      '408': errorAnswer('The request did not arrive in time.'),
      '409': errorAnswer('The clip contract is not known here.'),
      '413': errorAnswer('The file is too large.'),
      '415': errorAnswer('The body is not multipart/form-data.'),
      '422': errorAnswer('The idempotency key was used for another request.'),
      '429': retryLater('Too many calls, a full queue, or one too slow for the deadline.'),
      '500': errorAnswer('The server failed on this clip.'),
      '503': retryLater('The recogniser is not there, or the server is stopping.'),
      '504': errorAnswer('The clip was not recognised by its deadline, and was dropped.'),
    },
  };
}
