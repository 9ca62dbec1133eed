import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** A bearer key as it is kept: never the key itself. */
export interface StoredKey {
  /** Whose it is; one key a name. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /**
   * SHA-256 of the key, hexadecimal.
   *
   * A slow hash guards what people choose; a key is 256 random bits, which nobody tries through.
   */
  readonly sha256: string;
}

const FILE_VERSION = 1;
/** Makes a key recognisable where it must not be, to people and to scanners for leaked secrets. */
const KEY_PREFIX = 'ossicle_';
const KEY_BYTES = 32;

/** Makes a new key: 256 random bits. */
export function randomKey(): string {
  return KEY_PREFIX + randomBytes(KEY_BYTES).toString('base64url');
}

/** The digest under which a key is kept. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The content of a key file. */
export function formatKeyFile(keys: readonly StoredKey[]): string {
  return `${JSON.stringify({ version: FILE_VERSION, keys }, null, 2)}\n`;
}

/**
 * Reads the content of a key file.
 *
 * @throws RangeError when it is none.
 */
export function parseKeyFile(content: string): readonly StoredKey[] {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw new RangeError('It is not JSON. "ossicle keys add" makes a new file.', { cause });
  }
  if (typeof json !== 'object' || json === null || !('keys' in json) || !Array.isArray(json.keys)) {
    throw new RangeError('It holds no list of keys. "ossicle keys add" makes a new file.');
  }
  if (!('version' in json) || json.version !== FILE_VERSION) {
    throw new RangeError('It was written by another version of Ossicle.');
  }
  const keys: readonly unknown[] = json.keys;
  return keys.map((key, i) => {
    if (isStoredKey(key)) return key;
    throw new RangeError(`Its key number ${i + 1} lacks a name, a creation date or a SHA-256.`);
  });
}

function isStoredKey(value: unknown): value is StoredKey {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'createdAt' in value &&
    typeof value.createdAt === 'string' &&
    'sha256' in value &&
    typeof value.sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  );
}

/** The keys of a file as they are at the moment: a key that was added or revoked counts from the next request on. */
export class KeyFile {
  readonly path: string;
  #stamp: string | undefined;
  #keys: ReadonlyMap<string, StoredKey> = new Map();

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Finds a key.
   *
   * @throws The system's error or RangeError when the file cannot be read: nobody is let in on an old copy.
   */
  async find(key: string): Promise<StoredKey | undefined> {
    await this.refresh();
    return this.#keys.get(keyDigest(key));
  }

  /**
   * Reads the file again if it has changed.
   *
   * @throws As {@link find}.
   */
  async refresh(): Promise<void> {
    const { ino, mtimeNs, size } = await stat(this.path, { bigint: true });
    const stamp = `${ino} ${mtimeNs} ${size}`;
    if (stamp === this.#stamp) return;
    const keys = parseKeyFile(await readFile(this.path, 'utf8'));
    this.#keys = new Map(keys.map((key) => [key.sha256, key]));
    this.#stamp = stamp;
  }
}
