/** Distinct sessions that a cell needs before it is told: fewer could point at somebody. */
export const LEAST_SESSIONS = 20;

const HASH_BYTES = 6;

/**
 * The smallest hashes of session keys, ascending and distinct, at most {@link LEAST_SESSIONS}: enough to know whether there
 * are so many, and mergeable in any order.
 *
 * Source: the k-minimum-values synopsis, Beyer et al., "On synopses for distinct-value estimation", SIGMOD 2007.
 */
export type KeySample = readonly number[];

/** The sample of what either sample was drawn from. */
export function mergeKeys(one: KeySample, other: KeySample): KeySample {
  // Most often one device joins many.
  const isFull = one.length === LEAST_SESSIONS;
  if (other.every((key) => (isFull && key > one.at(-1)!) || one.includes(key))) return one;
  return [...new Set([...one, ...other])].sort((a, b) => a - b).slice(0, LEAST_SESSIONS);
}

/** A hash as a whole number below 2^48. @param digest 6 bytes or more. */
export function keyHash(digest: Uint8Array): number {
  let hash = 0;
  for (let i = 0; i < HASH_BYTES; i++) hash = hash * 256 + digest[i]!;
  return hash;
}

/** Six bytes for each hash. */
export function encodeKeys(keys: KeySample): Uint8Array {
  const bytes = Buffer.alloc(keys.length * HASH_BYTES);
  for (const [at, key] of keys.entries()) bytes.writeUIntBE(key, at * HASH_BYTES, HASH_BYTES);
  return bytes;
}

/** The inverse of {@link encodeKeys}. */
export function decodeKeys(bytes: Uint8Array): KeySample {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) => view.readUIntBE(at * HASH_BYTES, HASH_BYTES));
}
