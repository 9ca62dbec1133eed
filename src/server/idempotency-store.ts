/** What a request finds under its key. */
export type Claim =
  /** Nobody had it: this request does the work. */
  | { readonly status: 'mine'; readonly lease: Lease }
  /** Another request does the work. */
  | { readonly status: 'busy'; readonly digest: Uint8Array; readonly next: NextClaim }
  | { readonly status: 'answered'; readonly digest: Uint8Array; readonly sealed: Uint8Array };

/**
 * Waits until the other request has answered, given up or died, then claims again.
 *
 * @throws The signal's reason.
 */
export type NextClaim = (signal: AbortSignal) => Promise<Claim>;

/** The right to answer a key, held by one request; it ends with the first call of either. */
export interface Lease {
  /** Keeps the answer for whoever asks again. */
  finish(sealed: Uint8Array): Promise<void>;
  /** Leaves the key to whoever asks next. */
  release(): Promise<void>;
}

/**
 * Remembers for a while which requests were answered, and how.
 *
 * Whatever it holds, it cannot read: ids and digests are hashes, answers are sealed. Every method rejects when the store
 * cannot be reached.
 */
export interface IdempotencyStore {
  /**
   * Claims a key in one step, so that of any number of requests one does the work.
   *
   * @param id Hash of the key, 64 hexadecimal digits.
   * @param digest SHA-256 of the request, kept beside the answer.
   */
  claim(id: string, digest: Uint8Array): Promise<Claim>;
  /** Lets go of connections and timers. */
  close(): Promise<void>;
}

/** How long answers wait for repeats: longer than any client retries. */
export const ANSWER_TTL_MS = 600_000;
