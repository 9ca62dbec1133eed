import { type SpeechError, toSpeechError } from '../errors.ts';
import type { OutboxLimits, QueuedSegment } from '../protocol/outbox.ts';
import type { Ms } from '../units.ts';
import { type Dropped, remove, settle, takeHead } from './outbox-steps.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { Clip, Prediction } from './predictor.ts';
import { readStoredWav } from './stored-wav.ts';

/** What {@link sendAll} works with. */
export interface Sending {
  readonly predict: (clip: Clip, signal: AbortSignal) => Promise<Prediction>;
  readonly limits: OutboxLimits;
  readonly unixNow: () => Ms;
  /** Told of each request body that left the device. */
  readonly onSent: (sentBytes: number) => void;
  readonly onDropped: (dropped: Dropped) => void;
  /** A text is in the store. */
  readonly onAnswered: () => void;
}

/** How far {@link sendAll} came. */
export interface SendResult {
  readonly answeredCount: number;
  /** Why it stopped before the end; undefined when nothing waits any more. */
  readonly failure?: SpeechError;
}

/**
 * Sends what waits, one after the other, oldest first, until all is answered or one fails in a way that may pass.
 *
 * Each answer takes its segment's place in one transaction; an answer that comes when the segment is gone is ignored.
 *
 * @throws The signal's reason when that aborts; what the storage throws.
 */
export async function sendAll(store: OutboxStore, sending: Sending, signal: AbortSignal): Promise<SendResult> {
  let answeredCount = 0;
  for (;;) {
    signal.throwIfAborted();
    const { head, dropped } = await store.transact((contents) => takeHead(contents, sending.limits, sending.unixNow()));
    for (const each of dropped) sending.onDropped(each);
    if (head === undefined) return { answeredCount };
    const wav = await store.readWav(head.id);
    const pcm16 = wav === undefined ? undefined : readStoredWav(wav);
    if (pcm16 === undefined) {
      if (await letGo(store, head.id)) sending.onDropped({ reason: 'damaged', segment: head });
      continue;
    }
    const outcome = await attempt(sending, head, pcm16, signal);
    if (outcome.status === 'answered') {
      const { prediction, attemptCount } = outcome;
      const nowUnixMs = sending.unixNow();
      if (!(await store.transact((contents) => settle(contents, head.id, prediction, attemptCount, nowUnixMs))))
        continue;
      answeredCount++;
      sending.onAnswered();
    } else if (outcome.failure.code !== 'rejected') {
      return { answeredCount, failure: outcome.failure };
    } else if (await letGo(store, head.id)) {
      sending.onDropped({ reason: 'refused', segment: head });
    }
  }
}

type Outcome =
  | { readonly status: 'answered'; readonly prediction: Prediction; readonly attemptCount: number }
  | { readonly status: 'failed'; readonly failure: SpeechError };

/** @throws The signal's reason when that aborts. */
async function attempt(
  { predict, onSent }: Sending,
  { id, contract }: QueuedSegment,
  pcm16: Int16Array,
  signal: AbortSignal,
): Promise<Outcome> {
  let attemptCount = 0;
  const clip: Clip = {
    pcm16,
    idempotencyKey: id,
    contract,
    onSent: (sentBytes) => {
      attemptCount++;
      onSent(sentBytes);
    },
  };
  try {
    return { status: 'answered', prediction: await predict(clip, signal), attemptCount };
  } catch (thrown) {
    signal.throwIfAborted();
    return { status: 'failed', failure: toSpeechError(thrown, 'internal') };
  }
}

/** False when it was gone already: deleted by its owner meanwhile, which needs no words. */
async function letGo(store: OutboxStore, id: string): Promise<boolean> {
  return (await store.transact((contents) => remove(contents, (record) => record.id === id))) > 0;
}
