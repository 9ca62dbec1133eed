import type { Ms } from '../units.ts';
import { type Refusal, RefusedRequest } from './openai-error.ts';

/** The reason of a signal that was aborted because nobody waits for the answer any more. */
export class ClientGone extends Error {
  constructor() {
    super('The client closed the connection.');
    this.name = 'ClientGone';
  }
}

/** One signal for a request's work. */
export interface WorkSignal {
  /** Aborted with {@link ClientGone}; past the deadline with a {@link RefusedRequest}, 408 while the request is read, then 504. */
  readonly signal: AbortSignal;
  /** Time left until the deadline. */
  remainingMs(): Ms;
  /** The request has arrived as a whole: from here on, time is the server's. */
  received(): void;
  /** The client went away, seen elsewhere than in the request. */
  clientGone(): void;
  /** Lets go of timer and listener; call when the work is over. */
  release(): void;
}

/** Ties a request's work to its client and to a deadline, counted from now on a monotonic clock. */
export function workSignal(request: Request, deadlineMs: Ms, nowMs: () => Ms): WorkSignal {
  const controller = new AbortController();
  const startMs = nowMs();
  let isReceived = false;
  const clientGone = (): void => controller.abort(new ClientGone());
  const timer = setTimeout(() => {
    controller.abort(new RefusedRequest(isReceived ? tooSlow(deadlineMs) : neverReceived(deadlineMs)));
  }, deadlineMs);
  request.signal.addEventListener('abort', clientGone, { once: true });
  if (request.signal.aborted) clientGone();
  return {
    signal: controller.signal,
    remainingMs: () => deadlineMs - (nowMs() - startMs),
    received: () => {
      isReceived = true;
    },
    clientGone,
    release: () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', clientGone);
    },
  };
}

function tooSlow(deadlineMs: Ms): Refusal {
  return {
    status: 504,
    message: `The clip was not recognised within ${deadlineMs} ms and was dropped.`,
    code: 'deadline_exceeded',
  };
}

function neverReceived(deadlineMs: Ms): Refusal {
  return {
    status: 408,
    message: `The request did not arrive within ${deadlineMs} ms. Send it again, or a smaller clip.`,
    code: 'request_timeout',
  };
}
