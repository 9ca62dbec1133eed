import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { parseByteRange } from './byte-range.ts';
import { acceptedEncoding, CompressedCopies, type Encoding, isCompressible } from './compressed-copies.ts';

/** Serves the files of one folder. */
export interface StaticFiles {
  /**
   * The answer for a GET or HEAD of `path`, which begins with a slash and is still percent-encoded.
   *
   * @returns Undefined when there is no such file, or the path leads out of the folder.
   */
  serve(path: string, request: Request): Promise<Response | undefined>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.bin': 'application/octet-stream',
  '.css': 'text/css; charset=utf-8',
  '.flac': 'audio/flac',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.ort': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** File names without a leading dot, without separators: no path made of them leads out of the folder. */
const SEGMENT_PATTERN = /^[A-Za-z0-9_@+~-][A-Za-z0-9_.@+~-]*$/;

/** Names that hold a hash of the content, as the bundler writes them: `search-B2kD9x1_.js`. */
const HASHED_NAME_PATTERN = /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

interface FoundFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** What is sent of a file. */
interface FileBody {
  readonly etag: string;
  readonly size: number;
  /** The compressed copy; the file itself when absent. */
  readonly copy?: { readonly encoding: Encoding; readonly bytes: Uint8Array<ArrayBuffer> };
}

/**
 * Serves a folder with ETags by content, byte ranges, and compressed where the browser takes it.
 *
 * Hashed names, and any file asked for with `?sha256=` of its content, are cached for good; others are revalidated.
 */
export function createStaticFiles(folder: string): StaticFiles {
  const copies = new CompressedCopies();
  const digests = new Map<string, { readonly stamp: string; readonly sha256: string }>();

  async function sha256Of(path: string, size: number, modifiedMs: number): Promise<string> {
    const stamp = `${size}-${modifiedMs}`;
    const known = digests.get(path);
    if (known?.stamp === stamp) return known.sha256;
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    digests.set(path, { stamp, sha256 });
    return sha256;
  }

  async function find(path: string): Promise<FoundFile | undefined> {
    try {
      // A link inside the folder must not lead out of it either.
      const real = await realpath(path);
      if (!real.startsWith((await realpath(folder)) + sep)) return undefined;
      const facts = await stat(real);
      if (!facts.isFile()) return undefined;
      return { path: real, size: facts.size, sha256: await sha256Of(real, facts.size, facts.mtimeMs) };
    } catch {
      return undefined;
    }
  }

  async function bodyOf(file: FoundFile, contentType: string, request: Request): Promise<FileBody> {
    const encoding = acceptedEncoding(request.headers.get('accept-encoding'));
    // A range counts the bytes of the file itself.
    const isAsItIs = request.headers.has('range') || !isCompressible(contentType, file.size);
    if (encoding === undefined || isAsItIs) return { etag: `"${file.sha256}"`, size: file.size };
    const bytes = await copies.get(file.path, file.sha256, encoding);
    return { etag: `"${file.sha256}-${encoding}"`, size: bytes.length, copy: { encoding, bytes } };
  }

  return {
    async serve(path, request) {
      const segments = path.split('/').slice(1).map(decodeSegment);
      if (segments.at(-1) === '') segments[segments.length - 1] = 'index.html';
      if (!segments.every((segment) => segment !== undefined && SEGMENT_PATTERN.test(segment))) return undefined;
      const filePath = join(folder, ...(segments as string[]));
      const file = await find(filePath);
      if (file === undefined) return undefined;
      const contentType = CONTENT_TYPES[extname(filePath)] ?? 'application/octet-stream';
      const body = await bodyOf(file, contentType, request);
      const headers = fileHeaders(body, contentType, isImmutable(filePath, file, request));
      if (matches(request.headers.get('if-none-match'), body.etag)) return new Response(null, { status: 304, headers });
      const isSameFile = (request.headers.get('if-range') ?? body.etag) === body.etag;
      const range = isSameFile ? request.headers.get('range') : null;
      return respond(file, body, headers, range, request.method === 'HEAD');
    },
  };
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function isImmutable(path: string, file: FoundFile, request: Request): boolean {
  return HASHED_NAME_PATTERN.test(path) || new URL(request.url).searchParams.get('sha256') === file.sha256;
}

function fileHeaders({ etag, copy }: FileBody, contentType: string, isForGood: boolean): Headers {
  const headers = new Headers({
    'Content-Type': contentType,
    'Cache-Control': isForGood ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: etag,
    'Accept-Ranges': 'bytes',
    Vary: 'Accept-Encoding',
  });
  if (copy !== undefined) headers.set('Content-Encoding', copy.encoding);
  return headers;
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag);
}

function respond(
  file: FoundFile,
  { size, copy }: FileBody,
  headers: Headers,
  rangeHeader: string | null,
  isHead: boolean,
): Response {
  const range = rangeHeader === null ? undefined : parseByteRange(rangeHeader, size);
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range !== undefined) headers.set('Content-Range', `bytes ${start}-${end}/${size}`);
  headers.set('Content-Length', String(end - start + 1));
  const status = range === undefined ? 200 : 206;
  if (isHead || size === 0) return new Response(null, { status, headers });
  if (copy !== undefined) return new Response(copy.bytes, { status, headers });
  const body = Readable.toWeb(createReadStream(file.path, { start, end })) as ReadableStream<Uint8Array>;
  return new Response(body, { status, headers });
}
