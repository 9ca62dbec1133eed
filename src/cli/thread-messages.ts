/** To a worker thread. `close` lets it free what it holds and end. */
export type ToThread<Request> =
  | { readonly type: 'task'; readonly index: number; readonly request: Request }
  | { readonly type: 'close' };

/** From a worker thread: the outcome of a task, or what ends the whole run. */
export type FromThread<Outcome> =
  | { readonly type: 'outcome'; readonly index: number; readonly outcome: Outcome }
  | { readonly type: 'fault'; readonly message: string; readonly exitCode: number };
