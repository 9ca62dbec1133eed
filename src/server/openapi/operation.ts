import type { JsonSchema } from './json-schema.ts';
import { refTo } from './schemas.ts';

/** An answer with its bodies by content type. */
export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

/** A parameter outside of the body. */
export interface ParameterObject {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly description: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** One method of one path. */
export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  };
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

/** Answered without a key, whatever the settings. */
export const PUBLIC: readonly Readonly<Record<string, readonly string[]>>[] = [{}];

/** An answer in JSON. */
export function jsonResponse(description: string, schemaName: string): ResponseObject {
  return { description, content: { 'application/json': { schema: refTo(schemaName) } } };
}

/** A refusal in OpenAI's shape. */
export function errorAnswer(description: string): ResponseObject {
  return jsonResponse(description, 'Error');
}

/** A refusal that says when to come back. */
export function retryLater(description: string): ResponseObject {
  return {
    ...errorAnswer(description),
    headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } } },
  };
}

/** What may be answered to any call of `/v1`. */
export const COMMON_REFUSALS: Readonly<Record<string, ResponseObject>> = {
  '401': errorAnswer('No key or token, or one that is not valid here.'),
  '403': errorAnswer('A page of a site that is not allowed, or a foreign host name.'),
  '429': retryLater('Too many calls by this key or address.'),
};
