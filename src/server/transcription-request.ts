import { MAX_FILE_BYTES } from './audio-limits.ts';
import { RefusedRequest } from './openai-error.ts';
import type { Release } from './release.ts';
import { bodyTooLarge } from './request-body.ts';

/** Formats of a transcription answer. */
export const RESPONSE_FORMATS = ['json', 'text', 'verbose_json', 'srt', 'vtt'] as const;
/** One of {@link RESPONSE_FORMATS}. */
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

/** A transcription request, checked. */
export interface TranscriptionRequest {
  readonly clip: Uint8Array<ArrayBuffer>;
  readonly responseFormat: ResponseFormat;
  readonly isStreamed: boolean;
  readonly wantsLogprobs: boolean;
  /** Fields that were sent and change nothing here; told in the answer. */
  readonly ignoredParams: readonly string[];
}

/** Fields of OpenAI's that a greedy decoder without prompt has no use for. */
const IGNORED_PARAMS = ['prompt', 'temperature', 'chunking_strategy'] as const;

/**
 * Checks a transcription form.
 *
 * Source: OpenAI API reference, "Create transcription".
 *
 * @throws RefusedRequest which names the field, what it held and what it may hold.
 */
export async function parseTranscriptionForm(form: FormData, release: Release): Promise<TranscriptionRequest> {
  checkModel(textField(form, 'model'), release);
  checkLanguage(textField(form, 'language'), release);
  const responseFormat = parseResponseFormat(textField(form, 'response_format'));
  const isStreamed = parseBoolean('stream', textField(form, 'stream'));
  const wantsLogprobs = parseInclude(listField(form, 'include'));
  for (const granularity of listField(form, 'timestamp_granularities')) {
    if (granularity !== 'segment')
      throw refused('timestamp_granularities', granularity, 'This server times segments only.');
  }
  if (isStreamed && responseFormat !== 'json' && responseFormat !== 'text') {
    throw refused('response_format', responseFormat, 'With stream=true it must be json or text.');
  }
  if (wantsLogprobs && responseFormat !== 'json') {
    throw refused('include', 'logprobs', 'Log-probabilities come with response_format=json only.');
  }
  const ignoredParams = IGNORED_PARAMS.filter((name) => (textField(form, name) ?? '') !== '');
  return { clip: await fileField(form), responseFormat, isStreamed, wantsLogprobs, ignoredParams };
}

async function fileField(form: FormData): Promise<Uint8Array<ArrayBuffer>> {
  const file = form.get('file');
  if (file === null || typeof file === 'string') {
    const message =
      file === null
        ? 'The field "file" is missing. Send the audio file in it.'
        : 'The field "file" holds text. Send it as a file, with a file name.';
    throw new RefusedRequest({ status: 400, message, param: 'file', code: 'missing_file' });
  }
  if (file.size > MAX_FILE_BYTES) throw bodyTooLarge();
  return new Uint8Array(await file.arrayBuffer());
}

function checkModel(model: string | undefined, release: Release): void {
  if (model === undefined || model === '' || model === release.id) return;
  throw new RefusedRequest({
    status: 404,
    message: `There is no model ${quote(model)} here. Send model=${release.id}, or leave it out.`,
    param: 'model',
    code: 'model_not_found',
  });
}

function checkLanguage(language: string | undefined, release: Release): void {
  if (language === undefined || language === '') return;
  const primary = language.toLowerCase().split(/[-_]/)[0] ?? '';
  if (release.languages.includes(primary) || language.toLowerCase() === release.languageName) return;
  throw refused('language', language, `The model ${release.id} knows: ${release.languages.join(', ')}.`);
}

function parseResponseFormat(value: string | undefined): ResponseFormat {
  const known = RESPONSE_FORMATS.find((format) => format === (value ?? 'json'));
  if (known === undefined)
    throw refused('response_format', value ?? '', `It must be one of: ${RESPONSE_FORMATS.join(', ')}.`);
  return known;
}

function parseBoolean(param: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || value === 'false') return false;
  if (value === 'true') return true;
  throw refused(param, value, 'It must be true or false.');
}

function parseInclude(values: readonly string[]): boolean {
  for (const value of values) {
    if (value !== 'logprobs') throw refused('include', value, 'It may hold logprobs only.');
  }
  return values.length > 0;
}

function textField(form: FormData, name: string): string | undefined {
  const values = form.getAll(name);
  if (values.length > 1)
    throw new RefusedRequest({
      status: 400,
      message: `The field "${name}" was sent ${values.length} times.`,
      param: name,
      code: 'invalid_value',
    });
  const value = values[0];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw refused(name, 'a file', 'It must be text.');
  return value;
}

/** A list as clients send it: `name[]` repeated, or `name` repeated. */
function listField(form: FormData, name: string): string[] {
  return [...form.getAll(`${name}[]`), ...form.getAll(name)].map((value) => {
    if (typeof value !== 'string') throw refused(name, 'a file', 'It must be text.');
    return value;
  });
}

function refused(param: string, value: string, hint: string): RefusedRequest {
  return new RefusedRequest({
    status: 400,
    message: `The field "${param}" cannot be ${quote(value)}. ${hint}`,
    param,
    code: 'invalid_value',
  });
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 60));
}
