import type { SpeechError } from '../errors.ts';
import type { Ms } from '../units.ts';
import type { Clock } from './clock.ts';

/** Upper end of the first pause between attempts; it doubles with every attempt. */
export const BACKOFF_BASE_MS: Ms = 250;
/** Upper end of any pause that the server did not ask for. */
export const BACKOFF_LIMIT_MS: Ms = 4_000;

/** What one attempt came to. A failure that may pass is tried again, after `retryAfterMs` if the server named one. */
export type Attempt<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly error: SpeechError; readonly mayPass: false }
  | { readonly status: 'failed'; readonly error: SpeechError; readonly mayPass: true; readonly retryAfterMs?: Ms };

/** How often, how long and by which clock and dice {@link retry} goes on. */
export interface RetryPolicy {
  /** Attempts after the first. */
  readonly retryCount: number;
  /** The clock's time at which nobody waits any more: a pause that would reach it is not begun. */
  readonly deadlineAt: Ms;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Repeats an attempt while it fails in a way that may pass.
 *
 * @throws SpeechError of the last attempt; the signal's reason when that aborts in a pause.
 * Source: "full jitter", M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export async function retry<T>(attempt: () => Promise<Attempt<T>>, policy: RetryPolicy): Promise<T> {
  for (let failedCount = 0; ; failedCount++) {
    const outcome = await attempt();
    if (outcome.status === 'done') return outcome.value;
    if (!outcome.mayPass || failedCount >= policy.retryCount) throw outcome.error;
    const jitterMs = policy.random() * Math.min(BACKOFF_LIMIT_MS, BACKOFF_BASE_MS * 2 ** failedCount);
    const pauseMs = (outcome.retryAfterMs ?? 0) + jitterMs;
    if (policy.clock.now() + pauseMs >= policy.deadlineAt) throw outcome.error;
    await policy.clock.wait(pauseMs, policy.signal);
  }
}

/**
 * Reads a `Retry-After` header: seconds or an HTTP date.
 *
 * @returns Milliseconds from now, 0 for a date gone by; undefined when there is none or it cannot be read.
 * Source: RFC 9110, section 10.2.3.
 */
export function parseRetryAfter(header: string | null, unixNowMs: Ms): Ms | undefined {
  if (header === null) return undefined;
  const value = header.trim();
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Date.parse alone would read "-5" or "1.5" as a date.
  const unixMs = /^[A-Za-z]{3}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(unixMs) ? undefined : Math.max(0, unixMs - unixNowMs);
}
