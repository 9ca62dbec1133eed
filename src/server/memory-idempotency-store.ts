import type { Ms } from '../units.ts';
import { ANSWER_TTL_MS, type Claim, type IdempotencyStore } from './idempotency-store.ts';

/** Limits of a {@link MemoryIdempotencyStore}. */
export interface MemoryStoreOptions {
  /** Monotonic clock. */
  readonly nowMs: () => Ms;
  readonly ttlMs?: Ms;
  /** Most bytes of answers that are kept; the oldest go first. */
  readonly maxBytes?: number;
}

/** Some 60,000 ordinary answers, more than one machine gives in ten minutes. */
const MAX_BYTES: number = 64 * 1024 * 1024;
/** What an entry takes besides its answer, roughly. */
const ENTRY_BYTES = 300;

interface Working {
  readonly digest: Uint8Array;
  readonly settled: Promise<void>;
}

interface Answered {
  readonly digest: Uint8Array;
  readonly sealed: Uint8Array;
  readonly expiresAtMs: Ms;
}

/** Keeps answers in this process: enough for one server. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #nowMs: () => Ms;
  readonly #ttlMs: Ms;
  readonly #maxBytes: number;
  readonly #working = new Map<string, Working>();
  /** In the order of their answers, which is that of their expiry. */
  readonly #answered = new Map<string, Answered>();
  #byteCount = 0;

  constructor({ nowMs, ttlMs = ANSWER_TTL_MS, maxBytes = MAX_BYTES }: MemoryStoreOptions) {
    this.#nowMs = nowMs;
    this.#ttlMs = ttlMs;
    this.#maxBytes = maxBytes;
  }

  async claim(id: string, digest: Uint8Array): Promise<Claim> {
    this.#forgetExpired();
    const answered = this.#answered.get(id);
    if (answered !== undefined) return { status: 'answered', digest: answered.digest, sealed: answered.sealed };
    const working = this.#working.get(id);
    if (working !== undefined) {
      const next = async (signal: AbortSignal): Promise<Claim> => {
        await settledOrAborted(working.settled, signal);
        return await this.claim(id, digest);
      };
      return { status: 'busy', digest: working.digest, next };
    }
    return this.#begin(id, digest);
  }

  async close(): Promise<void> {
    this.#answered.clear();
    this.#byteCount = 0;
  }

  #begin(id: string, digest: Uint8Array): Claim {
    let noteSettled: (() => void) | undefined;
    const settled = new Promise<void>((resolve) => {
      noteSettled = resolve;
    });
    this.#working.set(id, { digest, settled });
    let isOver = false;
    const end = async (sealed?: Uint8Array): Promise<void> => {
      if (isOver) return;
      isOver = true;
      this.#working.delete(id);
      if (sealed !== undefined) this.#keep(id, { digest, sealed, expiresAtMs: this.#nowMs() + this.#ttlMs });
      noteSettled?.();
    };
    return { status: 'mine', lease: { finish: (sealed) => end(sealed), release: () => end() } };
  }

  #keep(id: string, answer: Answered): void {
    this.#answered.set(id, answer);
    this.#byteCount += sizeOf(answer);
    for (const oldest of this.#answered.keys()) {
      if (this.#byteCount <= this.#maxBytes) return;
      this.#forget(oldest);
    }
  }

  #forgetExpired(): void {
    const nowMs = this.#nowMs();
    for (const [id, { expiresAtMs }] of this.#answered) {
      if (expiresAtMs > nowMs) return;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    const answer = this.#answered.get(id);
    if (answer === undefined) return;
    this.#answered.delete(id);
    this.#byteCount -= sizeOf(answer);
  }
}

function sizeOf({ sealed }: Answered): number {
  return sealed.byteLength + ENTRY_BYTES;
}

async function settledOrAborted(settled: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([settled, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
