import type { QueryLedger, TakeKey } from './take-ledger.ts';

/** Texts that are still streaming in, held back until they may be shown: after the commit, in the segments' order. */
export class InterimTexts {
  readonly #texts: Map<TakeKey, string> = new Map();

  /** The newest text of a take. */
  set(takeKey: TakeKey, text: string): void {
    this.#texts.set(takeKey, text);
  }

  /** The take was answered, failed or is not wanted any more. */
  delete(takeKey: TakeKey): void {
    this.#texts.delete(takeKey);
  }

  /** The text that may be shown of a query, once: that of the committed take which is answered next. */
  next(query: QueryLedger | undefined): { readonly takeKey: TakeKey; readonly text: string } | undefined {
    const takeKey = query?.queue[0];
    if (takeKey === undefined || query?.takes.get(takeKey)?.phase !== 'committed') return undefined;
    const text = this.#texts.get(takeKey);
    this.#texts.delete(takeKey);
    return text === undefined ? undefined : { takeKey, text };
  }
}
