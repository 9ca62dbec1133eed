import type { Ms } from '../units.ts';
import { RefusedRequest } from './openai-error.ts';

/** The reason of a signal that was aborted because nobody waits for the answer any more. */
export class ClientGone extends Error {
  constructor() {
    super('The client closed the connection.');
    this.name = 'ClientGone';
  }
}

/** One signal for a request's work. */
export interface WorkSignal {
  /** Aborted with {@link ClientGone}, or with a 504 {@link RefusedRequest} past the deadline. */
  readonly signal: AbortSignal;
  /** The client went away, seen elsewhere than in the request. */
  clientGone(): void;
  /** Lets go of timer and listener; call when the work is over. */
  release(): void;
}

/** Ties a request's work to its client and to a deadline, counted from now. */
export function workSignal(request: Request, deadlineMs: Ms): WorkSignal {
  const controller = new AbortController();
  const clientGone = (): void => controller.abort(new ClientGone());
  const timer = setTimeout(() => {
    controller.abort(
      new RefusedRequest({
        status: 504,
        message: `The clip was not recognised within ${deadlineMs} ms and was dropped.`,
        code: 'deadline_exceeded',
      }),
    );
  }, deadlineMs);
  request.signal.addEventListener('abort', clientGone, { once: true });
  if (request.signal.aborted) clientGone();
  return {
    signal: controller.signal,
    clientGone,
    release: () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', clientGone);
    },
  };
}
