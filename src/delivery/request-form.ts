import type { DeliverySettings } from '../protocol/delivery-messages.ts';
import {
  CLIP_CONTRACT_HEADER,
  CLIP_CONTRACT_VERSION,
  DEADLINE_HEADER,
  IDEMPOTENCY_KEY_HEADER,
  SESSION_KEY_HEADER,
} from '../protocol/headers.ts';
import type { Ms } from '../units.ts';

/** An hour: timers overflow after 24 days and would fire at once. */
const DEADLINE_LIMIT_MS: Ms = 3_600_000;

/**
 * Checks settings before anything is sent by them.
 *
 * @returns The endpoint's host, to be named in messages.
 * @throws TypeError when the endpoint is no absolute http(s) URL or a header is malformed; RangeError for numbers.
 */
export function checkSettings({ endpoint, headers, deadlineMs, retryCount }: DeliverySettings): {
  readonly host: string;
} {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new TypeError(`The endpoint must be an absolute http or https URL, but is "${endpoint}".`);
  }
  new Headers(headers);
  if (!(deadlineMs > 0 && deadlineMs <= DEADLINE_LIMIT_MS)) {
    throw new RangeError(`deadlineMs must be above 0 and at most ${DEADLINE_LIMIT_MS}, but is ${deadlineMs}.`);
  }
  if (!Number.isInteger(retryCount) || retryCount < 0) {
    throw new RangeError(`retryCount must be a whole number, 0 or more, but is ${retryCount}.`);
  }
  return { host: url.host };
}

/** The form's fields beside the file. */
export function formFields(settings: DeliverySettings): Readonly<Record<string, string>> {
  const { model, language, responseFormat, stream, server } = settings;
  const fields = { model, language, response_format: responseFormat };
  if (!stream) return fields;
  // A stream's last event states no confidence; our server's follows from the log-probabilities.
  return { ...fields, stream: 'true', ...(server === 'ossicle' ? { 'include[]': 'logprobs' } : {}) };
}

/** What the headers of one request depend on besides the settings. */
export interface RequestFacts {
  readonly contentType: string;
  readonly idempotencyKey: string;
  /** Version of the rules by which the clip was cut; absent: the present one. */
  readonly contract: string | undefined;
  readonly remainingMs: Ms;
  /** Sent as bearer token; it outranks an `Authorization` of the settings. */
  readonly token: string | undefined;
}

/** The headers of one request; our own go to our own server only. */
export function requestHeaders(settings: DeliverySettings, facts: RequestFacts): Headers {
  const headers = new Headers(settings.headers);
  headers.set('content-type', facts.contentType);
  headers.set('accept', 'application/json, text/event-stream, text/plain;q=0.9');
  if (facts.token !== undefined) headers.set('authorization', `Bearer ${facts.token}`);
  if (settings.server !== 'ossicle') return headers;
  headers.set(IDEMPOTENCY_KEY_HEADER, facts.idempotencyKey);
  // What waited through an update of the page was cut by rules that the server may not know: it cuts that itself.
  const { contract = CLIP_CONTRACT_VERSION } = facts;
  if (contract === CLIP_CONTRACT_VERSION) headers.set(CLIP_CONTRACT_HEADER, contract);
  headers.set(DEADLINE_HEADER, String(Math.max(1, Math.ceil(facts.remainingMs))));
  headers.set(SESSION_KEY_HEADER, settings.sessionKey);
  return headers;
}
