import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseByteRange } from '../../src/server/byte-range.ts';
import { createStaticFiles, type StaticFiles } from '../../src/server/static-files.ts';
import { type LocalServer, startLocalServer } from '../local-server.ts';

const PAGE = '<!doctype html><title>A page</title>';
const SCRIPT = 'export const answer = 42;\n'.repeat(50);
const SECRET = 'nobody may read this';

let outside: string;
let folder: string;
let files: StaticFiles;
let server: LocalServer;

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'ossicle-static-'));
  folder = join(outside, 'app');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'empty.txt'), '');
  await writeFile(join(folder, '.hidden'), SECRET);
  await writeFile(join(folder, 'assets/page-B2kD9x1_.js'), SCRIPT);
  await writeFile(join(outside, 'secret.txt'), SECRET);
  await symlink(join(outside, 'secret.txt'), join(folder, 'link.txt'));
  files = createStaticFiles(folder);
  server = await startLocalServer({ appFolder: folder });
});
afterAll(async () => {
  await server.stop();
  await rm(outside, { recursive: true });
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.origin + path, { headers });
}

/** The answer to a path sent as it is: `fetch` would tidy it up first. */
async function rawAnswer(path: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    let answer = '';
    connect(server.port, '127.0.0.1')
      .on('data', (part) => {
        answer += part.toString('latin1');
      })
      .on('end', () => resolve(answer))
      .on('error', reject)
      .write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
}

describe('static files', () => {
  it('serves the page at the root, revalidated at each visit', async () => {
    const response = await get('/');
    expect(await response.text()).toBe(PAGE);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('lets hashed files be cached for good', async () => {
    const response = await get('/assets/page-B2kD9x1_.js', { 'Accept-Encoding': 'identity' });
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    ['gzip, br', 'br', brotliDecompressSync],
    ['gzip, br;q=0', 'gzip', gunzipSync],
  ] as const)('compresses for browsers that take %s', async (accepted, encoding, decompress) => {
    // `fetch` would undo the compression.
    const answer = await files.serve(
      '/assets/page-B2kD9x1_.js',
      new Request('http://localhost/', { headers: { 'Accept-Encoding': accepted } }),
    );
    const bytes = new Uint8Array((await answer?.arrayBuffer()) ?? []);
    expect(answer?.headers.get('content-encoding')).toBe(encoding);
    expect(answer?.headers.get('content-length')).toBe(String(bytes.length));
    expect(answer?.headers.get('vary')).toContain('Accept-Encoding');
    expect(bytes.length).toBeLessThan(SCRIPT.length / 5);
    expect(decompress(bytes).toString()).toBe(SCRIPT);
  });

  it('sends as they are what is small, is compressed already, or is asked for in parts', async () => {
    const path = '/assets/page-B2kD9x1_.js';
    const part = await get(path, { 'Accept-Encoding': 'br', Range: 'bytes=0-9' });
    expect([part.status, part.headers.get('content-encoding')]).toEqual([206, null]);
    const etags = new Set<string | null>();
    for (const accepted of ['br', 'gzip', 'identity']) {
      expect((await get('/', { 'Accept-Encoding': accepted })).headers.get('content-encoding')).toBeNull();
      etags.add((await get(path, { 'Accept-Encoding': accepted })).headers.get('etag'));
    }
    expect(etags.size).toBe(3);
    const weights = await get('/models/moonshine-tiny-en/tokenizer.bin', { 'Accept-Encoding': 'br' });
    expect(weights.headers.get('content-encoding')).toBeNull();
  });

  it('compresses a file again when it has changed', async () => {
    const path = join(folder, 'changing.txt');
    const text = async (): Promise<string> => await (await get('/changing.txt', { 'Accept-Encoding': 'br' })).text();
    for (const word of ['first ', 'second ']) {
      await writeFile(path, word.repeat(500));
      expect(await text()).toBe(word.repeat(500));
    }
  });

  it('answers 304 to a browser that has the file', async () => {
    const etag = (await get('/')).headers.get('etag') ?? '';
    const again = await get('/', { 'If-None-Match': etag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect((await get('/', { 'If-None-Match': '"another"' })).status).toBe(200);
  });

  it('sends headers alone for HEAD', async () => {
    const response = await fetch(`${server.origin}/`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String(PAGE.length));
    expect(await response.text()).toBe('');
  });

  it('serves an empty file', async () => {
    const response = await get('/empty.txt');
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('protects every answer with the same headers', async () => {
    for (const path of ['/', '/nothing', '/v1/models', '/v1/nothing', '/models/moonshine-tiny-en/tokenizer.bin']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy'), path).toContain("script-src 'self' 'wasm-unsafe-eval';");
      expect(headers.get('content-security-policy'), path).toContain("object-src 'none'");
      expect(headers.get('permissions-policy'), path).toBe('microphone=(self)');
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy'), path).toBe('require-corp');
    }
  });

  it('serves model files in parts, named by the hash of their content', async () => {
    const path = '/models/moonshine-tiny-en/tokenizer.bin';
    const whole = new Uint8Array(await (await get(path)).arrayBuffer());
    const sha256 = createHash('sha256').update(whole).digest('hex');
    const part = await get(`${path}?sha256=${sha256}`, { Range: 'bytes=100-199' });
    expect(part.status).toBe(206);
    expect(part.headers.get('etag')).toBe(`"${sha256}"`);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${whole.length}`);
    expect(part.headers.get('cache-control')).toContain('immutable');
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(100, 200));
    expect((await get(path, { Range: `bytes=${whole.length}-` })).status).toBe(416);
    expect((await get(path, { Range: 'bytes=0-9', 'If-Range': '"older"' })).status).toBe(200);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/link.txt',
    '/.hidden',
    '/%00',
    '/%',
    '/models/moonshine-tiny-en/../../package.json',
    '/models/moonshine-tiny-en/%2e%2e%2f%2e%2e%2fpackage.json',
  ])('does not lead out of the folder by %s', async (path) => {
    const answer = await rawAnswer(path);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).not.toContain(SECRET);
  });

  it('gives only what lies in the folder, for any path', async () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '%2e%2e', '%2f', '\\', 'secret.txt', 'assets', ''), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const response = await files.serve(`/${parts.join('/')}`, new Request('http://localhost/'));
        expect(await response?.text()).not.toBe(SECRET);
      }),
    );
  });
});

describe('byte ranges', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=8-99', { start: 8, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=0-1,3-4', undefined],
    ['bytes=-', undefined],
    ['lines=0-1', undefined],
  ])('reads %s of ten bytes', (header, expected) => {
    expect(parseByteRange(header, 10)).toEqual(expected);
  });

  it('never reads past the file', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), fc.integer({ min: 1 }), (noise, a, b, size) => {
        for (const header of [noise, `bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${b}`]) {
          const range = parseByteRange(header, size);
          if (range === undefined || range === 'unsatisfiable') continue;
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThanOrEqual(range.start);
          expect(range.end).toBeLessThan(size);
        }
      }),
    );
  });
});
