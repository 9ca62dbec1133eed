import type { QueryEnd } from '../protocol/worklet-messages.ts';

/** The texts of one query's segments as they come in, and how the query ended. */
export class QueryTexts {
  readonly queryId: number;
  /** Why the worklet ended the query; undefined while it listens. */
  reason: QueryEnd | undefined;
  /** Aborted once its end has been told. */
  readonly over: AbortController = new AbortController();
  /** True once every committed segment was answered or failed. */
  isSettled = false;
  readonly #texts = new Map<number, string>();
  readonly #failed = new Set<number>();
  readonly #joined = new Set<number>();

  constructor(queryId: number) {
    this.queryId = queryId;
  }

  /** True once its end has been told. */
  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  /** The segments' texts in order, joined by spaces; segments without speech leave no gap. */
  get text(): string {
    return [...this.#texts.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, text]) => text.trim())
      .filter((text) => text !== '')
      .join(' ');
  }

  get failedSegmentCount(): number {
    return this.#failed.size;
  }

  /** @param joinedSegmentIds Earlier segments whose words `text` holds, too. */
  answer(segmentId: number, text: string, joinedSegmentIds: readonly number[]): void {
    for (const joined of joinedSegmentIds) {
      this.#joined.add(joined);
      this.#texts.delete(joined);
      this.#failed.delete(joined);
    }
    this.#failed.delete(segmentId);
    // A late answer for a segment that a longer clip has already brought says nothing new.
    if (!this.#joined.has(segmentId)) this.#texts.set(segmentId, text);
  }

  fail(segmentId: number): void {
    this.#failed.add(segmentId);
  }
}
