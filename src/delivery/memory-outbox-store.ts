import type { QueuedAnswer, QueuedSegment } from '../protocol/outbox.ts';
import type { OutboxContents, OutboxStep, OutboxStore } from './outbox-store.ts';

/** An outbox that lasts as long as its thread. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #segments: Map<string, QueuedSegment> = new Map();
  readonly #wavs: Map<string, Uint8Array<ArrayBuffer>> = new Map();
  readonly #answers: Map<string, QueuedAnswer> = new Map();

  async transact<T>(step: (contents: OutboxContents) => OutboxStep<T>): Promise<T> {
    const {
      add,
      removeSegments = [],
      putAnswers = [],
      removeAnswers = [],
      result,
    } = step({
      segments: inOrder(this.#segments.values()),
      answers: inOrder(this.#answers.values()),
      damagedCount: 0,
    });
    for (const id of removeSegments) {
      this.#segments.delete(id);
      this.#wavs.delete(id);
    }
    if (add !== undefined) {
      this.#segments.set(add.segment.id, add.segment);
      this.#wavs.set(add.segment.id, add.wav);
    }
    for (const id of removeAnswers) this.#answers.delete(id);
    for (const answer of putAnswers) this.#answers.set(answer.id, answer);
    return result;
  }

  async readWav(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#wavs.get(id);
  }

  /** Nothing to let go. */
  close(): void {}
}

/** Records by position: the order in which they were queued. */
export function inOrder<T extends { readonly position: number }>(records: Iterable<T>): readonly T[] {
  return [...records].sort((a, b) => a.position - b.position);
}
