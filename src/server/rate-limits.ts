import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Seconds } from '../units.ts';
import { RefusedRequest } from './openai-error.ts';

/** How many calls are answered in a minute; 0: no limit. */
export interface RateLimits {
  readonly perKeyCount: number;
  readonly perAddressCount: number;
}

/** Calls are counted in windows of this length, each beginning with its first call. */
const WINDOW_SECONDS: Seconds = 60;

/** Counts calls in this process's memory, for 60 s each; forgets them after. */
export class RateLimiter {
  readonly #limiter: RateLimiterMemory | undefined;
  readonly #what: string;
  readonly #limitCount: number;

  /**
   * @param limitCount Calls a minute; 0: no limit.
   * @param what Whose calls are counted, for the message: `this key`.
   */
  constructor(limitCount: number, what: string) {
    this.#what = what;
    this.#limitCount = limitCount;
    if (limitCount > 0) this.#limiter = new RateLimiterMemory({ points: limitCount, duration: WINDOW_SECONDS });
  }

  /**
   * Counts one call.
   *
   * @throws RefusedRequest 429 with the seconds until the next call is answered.
   */
  async count(id: string): Promise<void> {
    try {
      await this.#limiter?.consume(id);
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      throw new RefusedRequest({
        status: 429,
        message: `There were more than ${this.#limitCount} calls in a minute from ${this.#what}. Send the request again after the time in Retry-After.`,
        code: 'rate_limit_exceeded',
        retryAfterSeconds: Math.max(1, Math.ceil(thrown.msBeforeNext / 1000)),
      });
    }
  }
}
