import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** How a body may travel, best first. */
const ENCODINGS = ['br', 'gzip'] as const;
/** A content coding. Source: RFC 9110, section 8.4.1; RFC 7932. */
export type Encoding = (typeof ENCODINGS)[number];

/** Smaller files fit into one packet as they are. */
const LEAST_BYTES = 1024;
/** Larger files are compressed less hard: a runtime of 14 MB would take half a minute for the last tenth. */
const LARGE_BYTES = 1_000_000;

/** The best coding that the browser takes; undefined when it wants the file as it is. */
export function acceptedEncoding(acceptEncoding: string | null): Encoding | undefined {
  return ENCODINGS.find((name) =>
    new RegExp(`\\b${name}\\b(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`).test(acceptEncoding ?? ''),
  );
}

/** True for what gets smaller by compression: text, and WebAssembly. */
export function isCompressible(contentType: string, bytes: number): boolean {
  return bytes >= LEAST_BYTES && /^text\/|json|javascript|svg|wasm/.test(contentType);
}

/**
 * Compressed copies of files, in memory: each is made when it is first asked for, away from the main thread, and kept
 * until the file changes.
 */
export class CompressedCopies {
  readonly #copies: Map<string, { readonly sha256: string; readonly bytes: Promise<Uint8Array<ArrayBuffer>> }> =
    new Map();

  /** @param sha256 Of the file's present content. @returns Owned by this; read only. @throws What reading the file throws. */
  get(path: string, sha256: string, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${encoding} ${path}`;
    const known = this.#copies.get(key);
    if (known?.sha256 === sha256) return known.bytes;
    const bytes = compress(path, encoding);
    this.#copies.set(key, { sha256, bytes });
    bytes.catch(() => this.#copies.delete(key));
    return bytes;
  }
}

async function compress(path: string, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const content = await readFile(path);
  if (encoding === 'gzip') return Uint8Array.from(await compressGzip(content, { level: 9 }));
  const quality = content.length > LARGE_BYTES ? 5 : 10;
  const params = { [zlib.BROTLI_PARAM_QUALITY]: quality, [zlib.BROTLI_PARAM_SIZE_HINT]: content.length };
  return Uint8Array.from(await compressBrotli(content, { params }));
}
