import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** An answer as it was given. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';
const LINE_FEED = 0x0a;

/**
 * Encrypts an answer under a key that only the client's `Idempotency-Key` gives: whoever holds the store without that
 * header reads nothing.
 *
 * Source: RFC 5869 (HKDF with SHA-256), NIST SP 800-38D (GCM). A random salt makes each encryption key unique.
 *
 * @param id Bound to the answer, so that no record can be passed off as another's.
 * @returns Salt, nonce, tag and ciphertext in a row.
 */
export function sealAnswer(idempotencyKey: string, id: string, answer: StoredAnswer): Uint8Array {
  const head = `${JSON.stringify({ status: answer.status, headers: answer.headers })}\n`;
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, encryptionKey(idempotencyKey, salt), nonce).setAAD(Buffer.from(id));
  const sealed = [cipher.update(head, 'utf8'), cipher.update(answer.body), cipher.final()];
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), ...sealed]);
}

/**
 * Decrypts what {@link sealAnswer} made.
 *
 * @returns Undefined when it was made with another key or id, or has been changed.
 */
export function openAnswer(idempotencyKey: string, id: string, sealed: Uint8Array): StoredAnswer | undefined {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const salt = bytes.subarray(0, SALT_BYTES);
  const nonce = bytes.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES);
  const tag = bytes.subarray(SALT_BYTES + NONCE_BYTES, SALT_BYTES + NONCE_BYTES + TAG_BYTES);
  if (tag.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, encryptionKey(idempotencyKey, salt), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(id)).setAuthTag(tag);
  let opened: Buffer;
  try {
    opened = Buffer.concat([decipher.update(bytes.subarray(SALT_BYTES + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
  const headEnd = opened.indexOf(LINE_FEED);
  // Authentic, so made by sealAnswer: the type is trusted.
  const head = JSON.parse(opened.toString('utf8', 0, headEnd)) as Omit<StoredAnswer, 'body'>;
  return { ...head, body: opened.subarray(headEnd + 1) };
}

function encryptionKey(idempotencyKey: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', idempotencyKey, salt, 'ossicle answer 1', 32));
}
