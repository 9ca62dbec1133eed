import type { SpeechErrorCode } from '../index.ts';

/**
 * Keeps count while failed segments are sent again: over once each of them got its text or failed once more.
 *
 * Answers may come before the number that was sent is known.
 */
export class RetryRound {
  readonly #settledIds = new Set<number>();
  #sentCount: number | undefined;
  #failedWith: SpeechErrorCode | undefined;

  /** How many were sent. */
  sent(count: number): void {
    this.#sentCount = count;
  }

  /** A segment got its text. */
  answered(segmentId: number): void {
    this.#settledIds.add(segmentId);
  }

  /** A segment failed once more. */
  failed(segmentId: number, code: SpeechErrorCode): void {
    this.#settledIds.add(segmentId);
    this.#failedWith = code;
  }

  get isOver(): boolean {
    return this.#sentCount !== undefined && this.#settledIds.size >= this.#sentCount;
  }

  /** The code of the last failure; undefined when every segment got its text. */
  get failure(): SpeechErrorCode | undefined {
    return this.#failedWith;
  }
}
