import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { parseByteRange } from './byte-range.ts';

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

const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

interface FoundFile {
  readonly path: string;
  readonly size: number;
  readonly etag: string;
  readonly encoding?: 'br' | 'gzip';
}

/**
 * Serves a folder with ETags by content, byte ranges, and the precompressed neighbour (`.br`, `.gz`) where the browser
 * takes it.
 *
 * Hashed names, and any file asked for with `?sha256=` of its content, are cached for good; others are revalidated.
 */
export function createStaticFiles(folder: string): StaticFiles {
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
      return { path: real, size: facts.size, etag: `"${await sha256Of(real, facts.size, facts.mtimeMs)}"` };
    } catch {
      return undefined;
    }
  }

  async function findEncoded(path: string, acceptEncoding: string): Promise<FoundFile | undefined> {
    for (const { name, suffix } of ENCODINGS) {
      if (!new RegExp(`\\b${name}\\b(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`).test(acceptEncoding)) continue;
      const found = await find(path + suffix);
      if (found !== undefined) return { ...found, encoding: name };
    }
    return undefined;
  }

  return {
    async serve(path, request) {
      const segments = path.split('/').slice(1).map(decodeSegment);
      if (segments.at(-1) === '') segments[segments.length - 1] = 'index.html';
      if (!segments.every((segment) => segment !== undefined && SEGMENT_PATTERN.test(segment))) return undefined;
      const plainPath = join(folder, ...(segments as string[]));
      const plain = await find(plainPath);
      if (plain === undefined) return undefined;
      const range = request.headers.get('range');
      const encoded =
        range === null ? await findEncoded(plainPath, request.headers.get('accept-encoding') ?? '') : undefined;
      const file = encoded ?? plain;
      const headers = fileHeaders(file, plainPath, isImmutable(plainPath, plain, request));
      if (matches(request.headers.get('if-none-match'), file.etag)) return new Response(null, { status: 304, headers });
      const isSameFile = (request.headers.get('if-range') ?? file.etag) === file.etag;
      return respond(file, headers, isSameFile ? range : null, request.method === 'HEAD');
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

function isImmutable(path: string, plain: FoundFile, request: Request): boolean {
  const askedSha256 = new URL(request.url).searchParams.get('sha256');
  return HASHED_NAME_PATTERN.test(path) || `"${askedSha256}"` === plain.etag;
}

function fileHeaders(file: FoundFile, path: string, isForGood: boolean): Headers {
  const headers = new Headers({
    'Content-Type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    'Cache-Control': isForGood ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: file.etag,
    'Accept-Ranges': 'bytes',
    Vary: 'Accept-Encoding',
  });
  if (file.encoding !== undefined) headers.set('Content-Encoding', file.encoding);
  return headers;
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag);
}

function respond(file: FoundFile, headers: Headers, rangeHeader: string | null, isHead: boolean): Response {
  const range = rangeHeader === null ? undefined : parseByteRange(rangeHeader, file.size);
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${file.size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  if (range !== undefined) headers.set('Content-Range', `bytes ${start}-${end}/${file.size}`);
  headers.set('Content-Length', String(end - start + 1));
  const status = range === undefined ? 200 : 206;
  if (isHead || file.size === 0) return new Response(null, { status, headers });
  const body = Readable.toWeb(createReadStream(file.path, { start, end })) as ReadableStream<Uint8Array>;
  return new Response(body, { status, headers });
}
