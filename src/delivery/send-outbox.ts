import { DELIVERY_DEFAULTS } from '../protocol/delivery-defaults.ts';
import type { DeliverySettings } from '../protocol/delivery-messages.ts';
import { OUTBOX_LIMITS, OUTBOX_SYNC_TAG, type OutboxLimits, type SendReport } from '../protocol/outbox.ts';
import { threadEnvironment } from './environment.ts';
import { sendAll } from './outbox-sender.ts';
import { PredictionClient } from './prediction-client.ts';
import { openStoredOutbox } from './stored-outbox.ts';

export { OUTBOX_SYNC_TAG, type OutboxLimits, type SendReport };

/** Where and how a service worker sends; what is left out is as in a page that leaves it out. */
export interface SendOutboxOptions extends Partial<Omit<DeliverySettings, 'predict' | 'sessionKey'>> {
  /** As in the site's pages. */
  readonly limits?: OutboxLimits;
  /** Ends it early; what was not answered goes on waiting. */
  readonly signal?: AbortSignal;
}

/**
 * Sends what waits in the site's outbox, for a service worker that the browser woke up (`sync` event with the tag
 * {@link OUTBOX_SYNC_TAG}): texts are kept for the next page, or told to the ones that are open.
 *
 * Give it the options of the site's pages: a server takes another body under a known key for a mistake. Only one page
 * or worker sends at a time; this waits for its turn.
 *
 * @returns What came of it: while `waitingCount` is above 0, reject the event's promise, so that the browser tries again.
 * @throws DOMException where there is no storage; the signal's reason when that aborts; TypeError or RangeError for options.
 */
export async function sendOutbox({ limits, signal, ...options }: SendOutboxOptions = {}): Promise<SendReport> {
  const environment = threadEnvironment();
  const given = { ...DELIVERY_DEFAULTS, ...options, sessionKey: environment.randomUuid() };
  const settings: DeliverySettings = { ...given, endpoint: new URL(given.endpoint, location.href).href };
  const client = new PredictionClient(settings, environment);
  const { store, locks, tellOthers, close } = await openStoredOutbox(
    { onChanged: () => undefined, onLost: () => undefined },
    environment.clock,
  );
  const sending = {
    predict: client.predict.bind(client),
    limits: limits ?? OUTBOX_LIMITS,
    unixNow: () => environment.clock.unixNow(),
    onSent: () => undefined,
    onDropped: tellOthers,
    onAnswered: tellOthers,
  };
  const either = signal ?? new AbortController().signal;
  try {
    const { answeredCount, failure } = await locks.exclusively(() => sendAll(store, sending, either), either);
    const waitingCount = await store.transact(({ segments }) => ({ result: segments.length }));
    const { code, message } = failure ?? {};
    return { answeredCount, waitingCount, ...(code && message ? { failure: { code, message } } : {}) };
  } finally {
    close();
  }
}
