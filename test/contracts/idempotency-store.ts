import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Claim, IdempotencyStore, Lease } from '../../src/server/idempotency-store.ts';

/** Makes a store whose answers live for `ttlMs`; each call gives a store of its own that shares nothing. */
export type MakeStore = (options: { readonly ttlMs: number }) => Promise<IdempotencyStore>;

const DIGEST = randomBytes(32);
const OTHER_DIGEST = randomBytes(32);
const NEVER = new AbortController().signal;

/** What every implementation of {@link IdempotencyStore} must do. */
export function describeIdempotencyStore(name: string, make: MakeStore): void {
  describe(`${name} as idempotency store`, () => {
    const open: IdempotencyStore[] = [];
    const makeStore = async (ttlMs = 600_000): Promise<IdempotencyStore> => {
      const store = await make({ ttlMs });
      open.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of open.splice(0)) await store.close();
    });

    it('gives a key to the first who asks, and tells the others that it is busy', async () => {
      const store = await makeStore();
      const id = anyId();
      expect(await store.claim(id, DIGEST)).toMatchObject({ status: 'mine' });
      const second = await store.claim(id, OTHER_DIGEST);
      expect(second.status).toBe('busy');
      expect(digestOf(second)).toEqual(DIGEST);
    });

    it('gives a key to exactly one of many who ask at once', async () => {
      const store = await makeStore();
      const id = anyId();
      const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(id, DIGEST)));
      expect(claims.filter(({ status }) => status === 'mine')).toHaveLength(1);
      expect(claims.filter(({ status }) => status === 'busy')).toHaveLength(19);
    });

    it('keeps keys apart', async () => {
      const store = await makeStore();
      await leaseOf(await store.claim(anyId(), DIGEST)).finish(randomBytes(10));
      expect(await store.claim(anyId(), DIGEST)).toMatchObject({ status: 'mine' });
    });

    it('keeps an answer with its digest, byte for byte', async () => {
      const store = await makeStore();
      const id = anyId();
      const sealed = randomBytes(100_000);
      await leaseOf(await store.claim(id, DIGEST)).finish(sealed);
      for (let i = 0; i < 2; i++) {
        const claim = await store.claim(id, OTHER_DIGEST);
        expect(claim.status).toBe('answered');
        expect(digestOf(claim)).toEqual(DIGEST);
        expect(claim.status === 'answered' && Buffer.compare(claim.sealed, sealed)).toBe(0);
      }
    });

    it('tells all who wait once there is an answer', async () => {
      const store = await makeStore();
      const id = anyId();
      const lease = leaseOf(await store.claim(id, DIGEST));
      const waiting = [await store.claim(id, DIGEST), await store.claim(id, DIGEST)].map((claim) =>
        nextOf(claim, NEVER),
      );
      const sealed = randomBytes(50);
      await lease.finish(sealed);
      for (const claim of await Promise.all(waiting)) {
        expect(claim.status === 'answered' && Buffer.compare(claim.sealed, sealed)).toBe(0);
      }
    });

    it('hands a key that was given back to one of those who wait', async () => {
      const store = await makeStore();
      const id = anyId();
      const lease = leaseOf(await store.claim(id, DIGEST));
      const waiting = [await store.claim(id, DIGEST), await store.claim(id, DIGEST)].map((claim) =>
        nextOf(claim, NEVER),
      );
      await lease.release();
      const claims = await Promise.all(waiting);
      expect(claims.map(({ status }) => status).sort()).toEqual(['busy', 'mine']);
      const heir = claims.find(({ status }) => status === 'mine');
      await leaseOf(heir).finish(randomBytes(5));
      expect(await store.claim(id, DIGEST)).toMatchObject({ status: 'answered' });
    });

    it('lets go of a request that waits no longer', async () => {
      const store = await makeStore();
      const id = anyId();
      const lease = leaseOf(await store.claim(id, DIGEST));
      const busy = await store.claim(id, DIGEST);
      const leaving = new AbortController();
      const waiting = nextOf(busy, leaving.signal);
      const reason = new Error('gone');
      leaving.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      await expect(nextOf(busy, leaving.signal)).rejects.toBe(reason);
      await lease.release();
    });

    it('takes one end of a lease only', async () => {
      const store = await makeStore();
      const id = anyId();
      const lease = leaseOf(await store.claim(id, DIGEST));
      await lease.finish(randomBytes(5));
      await lease.release();
      expect(await store.claim(id, DIGEST)).toMatchObject({ status: 'answered' });
    });

    it('forgets an answer after its time', async () => {
      const store = await makeStore(500);
      const id = anyId();
      await leaseOf(await store.claim(id, DIGEST)).finish(randomBytes(5));
      await expect.poll(async () => (await store.claim(id, DIGEST)).status, { timeout: 20_000 }).toBe('mine');
    });
  });
}

/** A random id, as the hash of a key is one. */
export function anyId(): string {
  return randomBytes(32).toString('hex');
}

/** The lease of a claim that must have one. */
export function leaseOf(claim: Claim | undefined): Lease {
  if (claim?.status !== 'mine') throw new Error(`The claim is ${claim?.status}.`);
  return claim.lease;
}

/** Waits on a claim that must be busy. */
export function nextOf(claim: Claim, signal: AbortSignal): Promise<Claim> {
  if (claim.status !== 'busy') throw new Error(`The claim is ${claim.status}.`);
  return claim.next(signal);
}

function digestOf(claim: Claim): Buffer | undefined {
  return claim.status === 'mine' ? undefined : Buffer.from(claim.digest);
}
