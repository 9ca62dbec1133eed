import { randomBytes } from 'node:crypto';

/** An entry of the bucket. */
export type NatsRecord =
  | { readonly state: 'working'; readonly digest: Uint8Array }
  | { readonly state: 'answered'; readonly digest: Uint8Array; readonly sealed: Uint8Array };

const VERSION = 1;
const WORKING = 0;
const ANSWERED = 1;
const DIGEST_BYTES = 32;
const HEAD_BYTES: number = 2 + DIGEST_BYTES;
/** Makes every claim differ, so that renewals can be told from another's claim in a trace of the bucket. */
const OWNER_BYTES = 16;

/** A claim: version, state, digest of the request, a random name for its holder. */
export function workingRecord(digest: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(VERSION, WORKING), digest, randomBytes(OWNER_BYTES)]);
}

/** An answer: version, state, digest of the request, the sealed answer. */
export function answeredRecord(digest: Uint8Array, sealed: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(VERSION, ANSWERED), digest, sealed]);
}

/**
 * Reads an entry.
 *
 * @returns Undefined for one that this version does not know: it counts as none.
 */
export function parseRecord(bytes: Uint8Array): NatsRecord | undefined {
  const [version, state] = bytes;
  if (version !== VERSION || bytes.length < HEAD_BYTES) return undefined;
  const digest = bytes.slice(2, HEAD_BYTES);
  if (state === WORKING) return { state: 'working', digest };
  return state === ANSWERED ? { state: 'answered', digest, sealed: bytes.slice(HEAD_BYTES) } : undefined;
}
