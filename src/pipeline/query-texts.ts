import type { SpeechError } from '../errors.ts';
import type { QueryEnd } from '../protocol/worklet-messages.ts';

/** The texts of one query's segments as they come in, and how the query ended. */
export class QueryTexts {
  readonly queryId: number;
  /** Why the worklet ended the query; undefined while it listens. */
  reason: QueryEnd | undefined;
  /** What it could not do without. */
  failure: SpeechError | undefined;
  /** Aborted once its end has been told. */
  readonly over: AbortController = new AbortController();
  /** True once every committed segment was answered or failed. */
  isSettled = false;
  readonly #texts = new Map<number, string>();
  readonly #failed = new Set<number>();
  readonly #joined = new Set<number>();
  #interimSegmentId: number | undefined;

  constructor(queryId: number) {
    this.queryId = queryId;
  }

  /** True once its end has been told. */
  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  /** The segments' texts in order, joined by spaces; segments without speech leave no gap. */
  get text(): string {
    return joined(this.#texts);
  }

  /**
   * The text with that of a segment which is still being recognised; the query's own text stays as it is.
   *
   * @param joinedSegmentIds Earlier segments whose words `text` holds, too.
   * @returns Undefined while it says less than what is there already.
   */
  interim(segmentId: number, text: string, joinedSegmentIds: readonly number[]): string | undefined {
    const parts = joinedSegmentIds.flatMap((id) => this.#texts.get(id) ?? []).join(' ');
    if (text.length < parts.length) return undefined;
    this.#interimSegmentId = segmentId;
    const texts = new Map(this.#texts).set(segmentId, text);
    for (const id of joinedSegmentIds) texts.delete(id);
    return joined(texts);
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
    if (this.#interimSegmentId === segmentId) this.#interimSegmentId = undefined;
    // A late answer for a segment that a longer clip has already brought says nothing new.
    if (!this.#joined.has(segmentId)) this.#texts.set(segmentId, text);
  }

  /** @returns True when an interim text of the segment was shown, which does not stand. */
  fail(segmentId: number): boolean {
    this.#failed.add(segmentId);
    const wasShown = this.#interimSegmentId === segmentId;
    if (wasShown) this.#interimSegmentId = undefined;
    return wasShown;
  }
}

function joined(texts: ReadonlyMap<number, string>): string {
  return [...texts.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text.trim())
    .filter((text) => text !== '')
    .join(' ');
}
