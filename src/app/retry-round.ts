import type { SpeechErrorCode } from '../index.ts';

/** Keeps count while failed segments are sent again: over once each has its text or has failed once more. */
export class RetryRound {
  readonly #awaitedIds: Set<number>;
  #failedWith: SpeechErrorCode | undefined;

  /** @param segmentIds The segments that failed; copied. */
  constructor(segmentIds: Iterable<number>) {
    this.#awaitedIds = new Set(segmentIds);
  }

  /** A segment got its text. */
  answered(segmentId: number): void {
    this.#awaitedIds.delete(segmentId);
  }

  /** A segment failed once more. */
  failed(segmentId: number, code: SpeechErrorCode): void {
    if (this.#awaitedIds.delete(segmentId)) this.#failedWith = code;
  }

  get isOver(): boolean {
    return this.#awaitedIds.size === 0;
  }

  /** The code of the last failure; undefined when every segment got its text. */
  get failure(): SpeechErrorCode | undefined {
    return this.#failedWith;
  }
}
