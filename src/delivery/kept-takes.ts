import type { SpeechErrorCode } from '../errors.ts';
import type { TakeKey } from './take-ledger.ts';

/** How much failed speech waits in memory to be sent again. */
export interface KeepLimits {
  readonly takeCount: number;
  readonly bytes: number;
}

/** About five minutes of speech (32 kB a second), in at most as many pieces as a person would wait for. */
export const KEEP_LIMITS: KeepLimits = { takeCount: 20, bytes: 10_000_000 };

/** A failed take that waits. */
export interface KeptTake {
  readonly takeKey: TakeKey;
  readonly bytes: number;
  /** Why it failed. */
  readonly code: SpeechErrorCode;
}

/** The failed takes that wait, within limits. */
export class KeptTakes {
  readonly #limits: KeepLimits;
  readonly #takes: Map<TakeKey, KeptTake> = new Map();
  #bytes = 0;

  constructor(limits: KeepLimits = KEEP_LIMITS) {
    this.#limits = limits;
  }

  /** Oldest first; a copy. */
  get keys(): readonly TakeKey[] {
    return [...this.#takes.keys()];
  }

  /** Adds the newest; returns those that had to go for it, oldest first (itself when it alone is too large). */
  add(take: KeptTake): readonly KeptTake[] {
    this.#takes.set(take.takeKey, take);
    this.#bytes += take.bytes;
    const evicted: KeptTake[] = [];
    for (const oldest of this.#takes.values()) {
      if (this.#takes.size <= this.#limits.takeCount && this.#bytes <= this.#limits.bytes) break;
      this.delete(oldest.takeKey);
      evicted.push(oldest);
    }
    return evicted;
  }

  /** Lets one go, if it is there. */
  delete(takeKey: TakeKey): void {
    this.#bytes -= this.#takes.get(takeKey)?.bytes ?? 0;
    this.#takes.delete(takeKey);
  }
}
