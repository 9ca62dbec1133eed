import type { KV } from '@nats-io/kv';
import type { Ms } from '../units.ts';
import type { Lease } from './idempotency-store.ts';

/** A claim that was just written. */
export interface WrittenClaim {
  readonly kv: KV;
  readonly id: string;
  readonly revision: number;
  /** The entry, to be written again. */
  readonly working: Uint8Array;
  /** The entry with the answer. */
  readonly answered: (sealed: Uint8Array) => Uint8Array;
}

const RENEWALS_PER_LEASE = 3;

/** A claim in a bucket, renewed until it ends; its steps follow each other, each upon the revision of the last. */
export class NatsLease implements Lease {
  readonly #claim: WrittenClaim;
  readonly #timer: NodeJS.Timeout;
  #revision: number;
  #isOver = false;
  #last: Promise<void> = Promise.resolve();

  constructor(claim: WrittenClaim, leaseMs: Ms) {
    this.#claim = claim;
    this.#revision = claim.revision;
    this.#timer = setInterval(() => this.#renew(), leaseMs / RENEWALS_PER_LEASE);
    this.#timer.unref();
  }

  async finish(sealed: Uint8Array): Promise<void> {
    const { kv, id, answered } = this.#claim;
    await this.#end(async () => {
      await kv.put(id, answered(sealed), { previousSeq: this.#revision });
    });
  }

  async release(): Promise<void> {
    const { kv, id } = this.#claim;
    await this.#end(() => kv.delete(id, { previousSeq: this.#revision }));
  }

  async #end(step: () => Promise<void>): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.#last;
    await step();
  }

  #renew(): void {
    const { kv, id, working } = this.#claim;
    this.#last = this.#last
      .then(async () => {
        if (!this.#isOver) this.#revision = await kv.put(id, working, { previousSeq: this.#revision });
      })
      // Without renewal the claim dies, and the work is done twice: harmless, and told when the answer is to be kept.
      .catch(() => {});
  }
}
