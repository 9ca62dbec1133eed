import { parentPort } from 'node:worker_threads';
import { CliError, EXIT_CODES, oneLine } from './cli-error.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

/** What a thread does with the requests that `runOnThreads` sends it. */
export interface ThreadTask<Parts, Request, Outcome> {
  /** Once, before the first request. */
  load(): Promise<Parts>;
  /** One request after another. What it throws ends the whole run. */
  handle(parts: Parts, request: Request): Promise<Outcome>;
  /** Once, after the last request. */
  close?(parts: Parts): Promise<void>;
}

/**
 * Serves requests on this worker thread until it is closed.
 *
 * @throws Error when this is no worker thread.
 */
export function serveThread<Parts, Request, Outcome>(task: ThreadTask<Parts, Request, Outcome>): void {
  const port = parentPort;
  if (port === null) throw new Error('This module runs as a worker thread only.');
  const post = (message: FromThread<Outcome>): void => port.postMessage(message);
  const fail = (error: unknown): void =>
    post({
      type: 'fault',
      message: oneLine(error),
      exitCode: error instanceof CliError ? error.exitCode : EXIT_CODES.failure,
    });
  const parts = task.load();
  parts.catch(fail);
  port.on('message', (message: ToThread<Request>) => {
    if (message.type === 'close') {
      parts
        .then((loaded) => task.close?.(loaded))
        .catch(() => undefined)
        .finally(() => port.close());
      return;
    }
    parts
      .then((loaded) => task.handle(loaded, message.request))
      .then((outcome) => post({ type: 'outcome', index: message.index, outcome }), fail);
  });
}
