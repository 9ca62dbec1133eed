import type { ErrorJson } from '../protocol/transcription.ts';
import type { Seconds } from '../units.ts';
import type { RefusalCode } from './refusal-codes.ts';

/** Statuses with which a request is refused. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 500 | 503 | 504;

/** Why a request is refused; survives the way between threads as a plain object. */
export interface Refusal {
  readonly status: RefusalStatus;
  /** What is wrong, with the value, and what to do. Never holds audio or text of the request. */
  readonly message: string;
  /** The request field at fault. */
  readonly param?: string;
  readonly code?: RefusalCode;
  readonly retryAfterSeconds?: Seconds;
}

/** Thrown inside the server where a request is refused; the app turns it into an answer. */
export class RefusedRequest extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'RefusedRequest';
    this.refusal = refusal;
  }
}

/** OpenAI's error body for a refusal. Source: OpenAI API reference, "Errors". */
export function errorJson(refusal: Refusal): ErrorJson {
  return {
    error: {
      message: refusal.message,
      type: typeOf(refusal.status),
      param: refusal.param ?? null,
      code: refusal.code ?? null,
    },
  };
}

/** The answer to a refused request, with `Retry-After` where the refusal names a time. */
export function errorResponse(refusal: Refusal): Response {
  const headers = new Headers({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  if (refusal.retryAfterSeconds !== undefined) headers.set('Retry-After', String(refusal.retryAfterSeconds));
  if (refusal.status === 401) headers.set('WWW-Authenticate', 'Bearer');
  return new Response(JSON.stringify(errorJson(refusal)), { status: refusal.status, headers });
}

function typeOf(status: RefusalStatus): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
