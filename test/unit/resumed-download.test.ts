import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/evaluation/seeded-random.ts';
import { getModel } from '../../src/recogniser-worker/model-download.ts';
import type { ModelStore } from '../../src/recogniser-worker/model-store.ts';
import { PART_BYTES } from '../../src/recogniser-worker/partial-file.ts';

const random = seededRandom(5);
const noise = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, () => random() * 256));

/** Large enough for two parts and a rest. */
const ENCODER = noise(2 * PART_BYTES + 345_678);
const OTHER = noise(ENCODER.length);
const FILES: Readonly<Record<string, Buffer>> = { 'e.ort': ENCODER, 'd.ort': noise(1_000), 't.bin': noise(10) };

function entry(name: string): { name: string; bytes: number; sha256: string } {
  const file = FILES[name]!;
  return { name, bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') };
}

const MANIFEST = JSON.stringify({
  id: 'small',
  language: 'en',
  sampleRateHz: 16_000,
  files: { encoder: entry('e.ort'), decoder: entry('d.ort'), tokenizer: entry('t.bin') },
});

/** A store that outlives a visit. */
class MapStore implements ModelStore {
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();
  async read(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.kept.get(url);
  }
  async write(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.kept.set(url, bytes.slice());
  }
  async list(prefix: string): Promise<readonly string[]> {
    return [...this.kept.keys()].filter((url) => url.startsWith(prefix));
  }
  async delete(url: string): Promise<void> {
    this.kept.delete(url);
  }
  async retain(base: string, urls: readonly string[]): Promise<void> {
    for (const url of this.kept.keys()) if (url.startsWith(base) && !urls.includes(url)) this.kept.delete(url);
  }
}

/** How the server hands out the encoder. */
interface Behaviour {
  readonly file: Buffer;
  readonly etag: string | undefined;
  readonly hasRanges: boolean;
  /** The connection is reset after so many bytes of each answer, in turn; then answers are whole. */
  readonly breakAfterBytes: readonly number[];
  /** Answers a range from elsewhere. */
  readonly isWrongRange: boolean;
}

let behaviour: Behaviour;
let server: Server;
let base: string;
let breaks: number[];
/** The Range headers of the encoder's requests; undefined for all of it. */
let ranges: (string | undefined)[];

function behave(change: Partial<Behaviour> = {}): void {
  behaviour = { file: ENCODER, etag: '"v1"', hasRanges: true, breakAfterBytes: [], isWrongRange: false, ...change };
  breaks = [...behaviour.breakAfterBytes];
  ranges = [];
}

function serveEncoder(request: IncomingMessage, response: ServerResponse): void {
  const { file, etag, hasRanges, isWrongRange } = behaviour;
  ranges.push(request.headers.range);
  const asked = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const isCurrent = (request.headers['if-range'] ?? etag) === etag;
  const fromByte = hasRanges && isCurrent ? asked : 0;
  if (etag !== undefined) response.setHeader('etag', etag);
  if (fromByte >= file.length) {
    response.writeHead(416).end();
    return;
  }
  const start = isWrongRange && fromByte > 0 ? fromByte - 1 : fromByte;
  const body = file.subarray(start);
  if (fromByte > 0) response.setHeader('content-range', `bytes ${start}-${file.length - 1}/${file.length}`);
  response.writeHead(fromByte > 0 ? 206 : 200, { 'content-length': body.length });
  const breakAt = breaks.shift();
  if (breakAt === undefined || breakAt >= body.length) response.end(body);
  else response.write(body.subarray(0, breakAt), () => response.socket?.destroySoon());
}

beforeEach(async () => {
  behave();
  server = createServer((request, response) => {
    const name = (request.url ?? '').slice('/small/'.length);
    if (name === 'e.ort') serveEncoder(request, response);
    else response.end(name === 'model.json' ? MANIFEST : FILES[name]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The test server has no port.');
  base = `http://127.0.0.1:${address.port}/small/`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function download(
  store: ModelStore,
  onProgress: (loadedBytes: number) => void = () => undefined,
): Promise<Buffer> {
  const files = await getModel(base, { fetch, stallMs: 20_000, store, subtle: crypto.subtle, onProgress });
  return Buffer.from(files.encoder);
}

/** From a number of bytes to the end. */
const from = (byte: number): string => `bytes=${byte}-`;

describe('a download that breaks off', () => {
  it('goes on at once from where it stopped', async () => {
    behave({ breakAfterBytes: [1_000_000, 2_000_000] });
    expect((await download(new MapStore())).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([undefined, from(1_000_000), from(3_000_000)]);
  });

  it('goes on in a later visit from where it stopped, and tells how much is here already', async () => {
    const store = new MapStore();
    behave({ breakAfterBytes: [PART_BYTES + 5, 10, 0] });
    await expect(download(store)).rejects.toThrow(/e\.ort could not be downloaded/);
    behave();
    const told: number[] = [];
    expect((await download(store, (loadedBytes) => told.push(loadedBytes))).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([from(PART_BYTES + 15)]);
    expect(told.find((bytes) => bytes > 0)).toBe(PART_BYTES + 15);
  });

  it('goes on from the last part after a visit that ended without a word', async () => {
    const store = new MapStore();
    const url = `${base}e.ort?sha256=${entry('e.ort').sha256}`;
    const part = (start: number): Uint8Array<ArrayBuffer> =>
      new Uint8Array(ENCODER.subarray(start, start + PART_BYTES));
    await store.write(`${url}&part=0&version=${encodeURIComponent('"v1"')}`, part(0));
    await store.write(`${url}&part=${PART_BYTES}&version=${encodeURIComponent('"v1"')}`, part(PART_BYTES));
    expect((await download(store)).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([from(2 * PART_BYTES)]);
  });

  it('leaves nothing in the store but whole files', async () => {
    const store = new MapStore();
    behave({ breakAfterBytes: [PART_BYTES + 5] });
    await download(store);
    expect([...store.kept.keys()].filter((url) => url.includes('&part='))).toEqual([]);
    expect(store.kept.size).toBe(4);
  });

  it('starts anew where the server has no ranges', async () => {
    behave({ breakAfterBytes: [1_000_000], hasRanges: false });
    expect((await download(new MapStore())).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([undefined, from(1_000_000)]);
  });

  it('starts anew where the file is another by now: the server says so', async () => {
    const store = new MapStore();
    behave({ file: OTHER, etag: '"v0"', breakAfterBytes: [1_000_000, 0] });
    await expect(download(store)).rejects.toThrow();
    behave();
    expect((await download(store)).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([from(1_000_000)]);
  });

  it('starts anew where the file is another by now: the checksum says so', async () => {
    const store = new MapStore();
    behave({ file: OTHER, etag: undefined, breakAfterBytes: [1_000_000, 0] });
    await expect(download(store)).rejects.toThrow();
    behave({ etag: undefined });
    expect((await download(store)).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([from(1_000_000), undefined]);
  });

  it('starts anew where the server sends another range than the one asked for', async () => {
    behave({ breakAfterBytes: [1_000_000], isWrongRange: true });
    expect((await download(new MapStore())).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([undefined, from(1_000_000), undefined]);
  });

  it('starts anew where the server has less than is here', async () => {
    const store = new MapStore();
    behave({ breakAfterBytes: [1_000_000, 0] });
    await expect(download(store)).rejects.toThrow();
    behave({ file: ENCODER.subarray(0, 500_000) });
    await expect(download(store)).rejects.toThrow(/has 500000 bytes, not/);
    expect(ranges.slice(0, 2)).toEqual([from(1_000_000), undefined]);
  });

  it('never gives a file whose checksum is wrong, and tries anew the next time', async () => {
    const store = new MapStore();
    behave({ file: OTHER });
    await expect(download(store)).rejects.toThrow(/has the SHA-256/);
    behave();
    expect((await download(store)).equals(ENCODER)).toBe(true);
    expect(ranges).toEqual([undefined]);
  });

  it('takes no more than the file is long', async () => {
    behave({ file: Buffer.concat([ENCODER, ENCODER]) });
    await expect(download(new MapStore())).rejects.toThrow(/e\.ort has \d+ bytes, not/);
  });

  it('is whole in the end, wherever and however often it breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(ENCODER.length), { maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom('"v1"', 'W/"v1"', undefined),
        async (breakAfterBytes, hasRanges, etag) => {
          const store = new MapStore();
          behave({ breakAfterBytes, hasRanges, etag });
          let file: Buffer | undefined;
          for (let visit = 0; file === undefined && visit <= breakAfterBytes.length; visit++) {
            file = await download(store).catch(() => undefined);
          }
          expect(file?.equals(ENCODER)).toBe(true);
          expect([...store.kept.keys()].filter((url) => url.includes('&part='))).toEqual([]);
        },
      ),
      { numRuns: 6 },
    );
  });
});
