import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { CLIP_CONTRACT_HEADER, DEADLINE_HEADER, IDEMPOTENCY_KEY_HEADER, REPLAYED_HEADER } from '../protocol/headers.ts';
import type { Ms } from '../units.ts';
import { captureAnswer } from './answer-capture.ts';
import { bodyDigest } from './body-digest.ts';
import type { BodyIntake } from './body-intake.ts';
import type { AppEnv } from './gate.ts';
import type { Claim, IdempotencyStore } from './idempotency-store.ts';
import { RefusedRequest } from './openai-error.ts';
import { readBody } from './request-body.ts';
import { readDeadline } from './routes/transcriptions.ts';
import { openAnswer, type StoredAnswer, sealAnswer } from './sealed-answer.ts';
import { workSignal } from './work-signal.ts';

/** What repeats of a request are recognised with. */
export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  readonly intake: BodyIntake;
  /**
   * Refuses early what the route would refuse whatever the body, so that shedding load costs next to nothing.
   *
   * @throws RefusedRequest
   */
  readonly admit: (deadlineMs: Ms) => void;
  readonly longestDeadlineMs: Ms;
  readonly nowMs: () => Ms;
  /** Hears when the store fails, and when it works again: one sentence without anything of a request. */
  readonly report: (message: string) => void;
}

/** Short ones are counters and names; the answer is encrypted under the key, so it must not be guessed. */
const KEY_PATTERN = /^[\x21-\x7e]{16,255}$/;

/**
 * Answers a request once, however often it is sent: with an `Idempotency-Key`, a repeat gets the first one's answer, or
 * waits for it; the same key with another body is refused.
 *
 * Only answers of status 200 are kept; after anything else a repeat is worked on anew. Recognition is a pure function:
 * when the store fails, the work is done again rather than refused.
 */
export function idempotent(options: IdempotencyOptions): MiddlewareHandler<AppEnv> {
  const guarded = guard(options.report);
  return async (c, next) => {
    const key = c.req.header(IDEMPOTENCY_KEY_HEADER);
    const contentType = c.req.header('content-type') ?? '';
    // What is no form is refused by the route, without reading it.
    if (key === undefined || c.req.method !== 'POST' || !/^multipart\/form-data\s*;/i.test(contentType)) return next();
    if (!KEY_PATTERN.test(key)) throw invalidKey(key);
    const request = c.req.raw;
    const deadlineMs = readDeadline(request.headers.get(DEADLINE_HEADER), options.longestDeadlineMs);
    const work = workSignal(request, deadlineMs, options.nowMs);
    try {
      options.admit(deadlineMs);
      const body = await readBody(request, options.intake, work.signal);
      work.received();
      const digest = bodyDigest(body, contentType, [c.req.header(CLIP_CONTRACT_HEADER) ?? '']);
      const id = storeId(c.get('caller').id, key);
      const claim = await settledClaim(options.store, guarded, id, digest, work.signal);
      if (claim?.status === 'answered') {
        const answer = openAnswer(key, id, claim.sealed);
        if (answer !== undefined) return replay(answer);
      }
      c.req.raw = withBody(request, body, work.remainingMs());
      await next();
      if (claim?.status === 'mine') {
        const { lease } = claim;
        c.res = await captureAnswer(c.res, (answer) => {
          // The answer does not wait for the store: a repeat that comes first waits for it.
          void guarded(() => (answer === undefined ? lease.release() : lease.finish(sealAnswer(key, id, answer))));
        });
      }
      return undefined;
    } catch (thrown) {
      // A body that breaks off because the client left is no fault of the form.
      work.signal.throwIfAborted();
      throw thrown;
    } finally {
      work.release();
    }
  };
}

/** Runs a step of the store; undefined when the store failed, which is told once until it works again. */
type Guarded = <T>(step: () => Promise<T>, signal?: AbortSignal) => Promise<T | undefined>;

function guard(report: (message: string) => void): Guarded {
  let isFailing = false;
  return async (step, signal) => {
    try {
      const result = await step();
      if (isFailing) report('The idempotency store works again.');
      isFailing = false;
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isFailing) report(`The idempotency store fails, repeats are worked on anew: ${messageOf(error)}`);
      isFailing = true;
      return undefined;
    }
  };
}

/** The key's answer, or the right to give it; undefined when the store failed. */
async function settledClaim(
  store: IdempotencyStore,
  guarded: Guarded,
  id: string,
  digest: Uint8Array,
  signal: AbortSignal,
): Promise<Claim | undefined> {
  let claim = await guarded(() => store.claim(id, digest), signal);
  while (claim !== undefined && claim.status !== 'mine') {
    if (Buffer.compare(claim.digest, digest) !== 0) throw otherBody();
    if (claim.status === 'answered') return claim;
    const { next } = claim;
    claim = await guarded(() => next(signal), signal);
  }
  return claim;
}

/** Callers share no keys: one cannot ask for another's answer, nor block its key. */
function storeId(callerId: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([callerId, key]))
    .digest('hex');
}

/** The request once more, as its body is read already; the time that passed is taken off its deadline. */
function withBody(request: Request, body: Uint8Array<ArrayBuffer>, remainingMs: Ms): Request {
  const headers = new Headers(request.headers);
  headers.set(DEADLINE_HEADER, String(Math.max(1, Math.ceil(remainingMs))));
  return new Request(request.url, { method: request.method, headers, body, signal: request.signal });
}

function replay({ status, headers, body }: StoredAnswer): Response {
  const response = new Response(new Uint8Array(body), { status, headers: Object.fromEntries(headers) });
  response.headers.set(REPLAYED_HEADER, 'true');
  return response;
}

function invalidKey(key: string): RefusedRequest {
  return new RefusedRequest({
    status: 400,
    message: `Idempotency-Key has ${key.length} characters; send 16 to 255 visible ASCII characters that nobody can guess, such as a random UUID.`,
    param: 'Idempotency-Key',
    code: 'invalid_value',
  });
}

function otherBody(): RefusedRequest {
  return new RefusedRequest({
    status: 422,
    message: 'This Idempotency-Key was used for another request. Send a new random key with every new clip.',
    param: 'Idempotency-Key',
    code: 'idempotency_key_reused',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
