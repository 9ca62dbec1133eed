import type { KV, KvEntry } from '@nats-io/kv';
import type { Ms } from '../units.ts';
import { ANSWER_TTL_MS, type Claim, type IdempotencyStore, type Lease } from './idempotency-store.ts';
import { type NatsBucket, openNatsBucket } from './nats-bucket.ts';
import { NatsLease } from './nats-lease.ts';
import { answeredRecord, parseRecord, workingRecord } from './nats-record.ts';

/** Where a {@link NatsIdempotencyStore} keeps its answers. */
export interface NatsStoreOptions {
  /** `nats://host:port`, with user and password or a token where the server asks for them; `tls://` for TLS. */
  readonly url: string;
  readonly bucket?: string;
  readonly ttlMs?: Ms;
  /** How long a server may be silent before its claims are anybody's. Longer forgives slower machines. */
  readonly leaseMs?: Ms;
}

/** A server that lives renews its claims three times in this time. */
const LEASE_MS: Ms = 3000;
/** JetStream's "wrong last sequence", of a subject and of a stream. Source: nats-server's errors.json. */
const LOST_RACE_CODES: readonly unknown[] = [10071, 10164];

/**
 * Keeps answers in a NATS JetStream bucket that several servers share, in its memory only.
 *
 * A claim is an entry that is written only where there is none (compare and set); whoever holds it renews it. Nobody's
 * clock is trusted: a claim is dead when it has not been renewed for a while by the clock of the one who waits for it.
 */
export class NatsIdempotencyStore implements IdempotencyStore {
  readonly #bucket: NatsBucket;
  readonly #leaseMs: Ms;

  private constructor(bucket: NatsBucket, leaseMs: Ms) {
    this.#bucket = bucket;
    this.#leaseMs = leaseMs;
  }

  /**
   * Connects.
   *
   * @throws Error when the server cannot be reached or has no JetStream; a missing package as the system tells it.
   */
  static async open(options: NatsStoreOptions): Promise<NatsIdempotencyStore> {
    const bucket = await openNatsBucket({
      url: options.url,
      name: options.bucket ?? 'ossicle-answers',
      ttlMs: options.ttlMs ?? ANSWER_TTL_MS,
    });
    return new NatsIdempotencyStore(bucket, options.leaseMs ?? LEASE_MS);
  }

  claim(id: string, digest: Uint8Array): Promise<Claim> {
    return this.#claim(id, digest);
  }

  async close(): Promise<void> {
    await this.#bucket.close();
  }

  /** @param deadRevision The entry of one who died: it may be taken over. */
  async #claim(id: string, digest: Uint8Array, deadRevision?: number): Promise<Claim> {
    const kv = await this.#bucket.open();
    for (;;) {
      const entry = await kv.get(id);
      const record = entry?.operation === 'PUT' ? parseRecord(entry.value) : undefined;
      if (record?.state === 'answered') return { status: 'answered', digest: record.digest, sealed: record.sealed };
      if (entry === null || record === undefined || entry.revision === deadRevision) {
        const lease = await this.#take(kv, id, digest, entry);
        if (lease !== undefined) return { status: 'mine', lease };
        continue;
      }
      const { revision } = entry;
      const next = async (signal: AbortSignal): Promise<Claim> => {
        const dead = await this.#changed(kv, id, revision, signal);
        return await this.#claim(id, digest, dead);
      };
      return { status: 'busy', digest: record.digest, next };
    }
  }

  /** Writes a claim over what was read, or undefined when somebody was faster. */
  async #take(kv: KV, id: string, digest: Uint8Array, entry: KvEntry | null): Promise<Lease | undefined> {
    const working = workingRecord(digest);
    try {
      const revision = await kv.put(id, working, { previousSeq: entry?.revision ?? 0 });
      return new NatsLease(
        { kv, id, revision, working, answered: (sealed) => answeredRecord(digest, sealed) },
        this.#leaseMs,
      );
    } catch (error) {
      if (isLostRace(error)) return undefined;
      throw error;
    }
  }

  /**
   * Waits until an entry is no claim any more, or its holder is silent.
   *
   * @returns The last revision of the silent one; undefined when the entry has changed.
   */
  async #changed(kv: KV, id: string, revision: number, signal: AbortSignal): Promise<number | undefined> {
    signal.throwIfAborted();
    const watcher = await kv.watch({ key: id });
    const stop = (): void => watcher.stop();
    signal.addEventListener('abort', stop, { once: true });
    // It may have been aborted while the watch was being set up.
    if (signal.aborted) stop();
    let lastRevision = revision;
    let silence = setTimeout(stop, this.#leaseMs);
    try {
      for await (const entry of watcher) {
        if (entry.revision === lastRevision) continue;
        if (entry.operation !== 'PUT' || parseRecord(entry.value)?.state !== 'working') return undefined;
        lastRevision = entry.revision;
        clearTimeout(silence);
        silence = setTimeout(stop, this.#leaseMs);
      }
      signal.throwIfAborted();
      return lastRevision;
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      watcher.stop();
    }
  }
}

/** True when another one has written the entry in between. */
export function isLostRace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && LOST_RACE_CODES.includes(error.code);
}
