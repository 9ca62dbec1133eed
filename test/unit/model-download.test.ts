import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getModel, type ModelDownloadOptions } from '../../src/recogniser-worker/model-download.ts';
import { FORGETFUL_STORE, type ModelStore } from '../../src/recogniser-worker/model-store.ts';

const FILES: Readonly<Record<string, Buffer>> = {
  'e.ort': Buffer.alloc(200_000, 'encoder '),
  'd.ort': Buffer.alloc(300_000, 'decoder '),
  't.bin': Buffer.from('tokens'),
};

function entry(name: string): { name: string; bytes: number; sha256: string } {
  const file = FILES[name]!;
  return { name, bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') };
}

const MANIFEST = {
  id: 'small',
  language: 'en',
  sampleRateHz: 16_000,
  files: { encoder: entry('e.ort'), decoder: entry('d.ort'), tokenizer: entry('t.bin') },
};
const TOTAL_BYTES = 500_006;

/** A store for as long as the test runs. */
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

/** What the server does instead of its duty, by path. */
type Fault = 'status 404' | 'status 500' | 'html' | 'cut' | 'altered' | 'stall' | 'hang up';

let server: Server;
let base: string;
let requests: string[];
const faults = new Map<string, Fault>();

beforeEach(async () => {
  faults.clear();
  requests = [];
  server = createServer((request, response) => {
    const name = (request.url ?? '').slice('/small/'.length);
    requests.push(name);
    const body = name === 'model.json' ? Buffer.from(JSON.stringify(MANIFEST)) : FILES[name];
    const fault = body === undefined ? 'status 404' : faults.get(name);
    if (fault === 'status 404' || fault === 'status 500') response.writeHead(Number(fault.slice(7))).end();
    else if (fault === 'html') response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    else if (fault === 'cut') response.writeHead(200).end(body?.subarray(0, -1));
    else if (fault === 'altered') response.writeHead(200).end(Buffer.from(body ?? '').fill('x', 2, 3));
    else if (fault === 'stall') response.writeHead(200).write(body?.subarray(0, 1));
    else if (fault === 'hang up') request.socket.destroy();
    else response.writeHead(200).end(body);
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

function options(overrides: Partial<ModelDownloadOptions> = {}): ModelDownloadOptions {
  return { fetch, stallMs: 20_000, store: FORGETFUL_STORE, subtle: crypto.subtle, onProgress: () => {}, ...overrides };
}

describe("the model's download", () => {
  it('gives the files that the manifest names', async () => {
    const files = await getModel(base, options());
    expect(Buffer.from(files.encoder).equals(FILES['e.ort']!)).toBe(true);
    expect(Buffer.from(files.decoder).equals(FILES['d.ort']!)).toBe(true);
    expect(Buffer.from(files.tokenizer).equals(FILES['t.bin']!)).toBe(true);
  });

  it('tells how far it is, from nothing to all, never backwards', async () => {
    const told: number[] = [];
    const totals = new Set<number>();
    await getModel(
      base,
      options({
        onProgress: (loadedBytes, totalBytes) => {
          told.push(loadedBytes);
          totals.add(totalBytes);
        },
      }),
    );
    expect([...totals]).toEqual([TOTAL_BYTES]);
    expect(told[0]).toBe(0);
    expect(told.at(-1)).toBe(TOTAL_BYTES);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    // The pieces of a file are told as they come, not only whole files.
    expect(new Set(told).size).toBeGreaterThan(4);
  });

  it('takes nothing but the manifest from the network the second time', async () => {
    const store = new MapStore();
    await getModel(base, options({ store }));
    requests = [];
    const { encoder, decoder, tokenizer } = await getModel(base, options({ store }));
    expect(requests).toEqual(['model.json']);
    expect(Buffer.concat([encoder, decoder, tokenizer]).equals(Buffer.concat(Object.values(FILES)))).toBe(true);
  });

  it('needs no network at all once everything is stored', async () => {
    const store = new MapStore();
    await getModel(base, options({ store }));
    const offline = () => Promise.reject(new TypeError('Failed to fetch'));
    const files = await getModel(base, options({ store, fetch: offline }));
    expect(Buffer.from(files.encoder).equals(FILES['e.ort']!)).toBe(true);
  });

  it('uses the stored model while the server is broken', async () => {
    const store = new MapStore();
    await getModel(base, options({ store }));
    for (const fault of ['status 500', 'html'] as const) {
      faults.set('model.json', fault);
      const files = await getModel(base, options({ store }));
      expect(Buffer.from(files.tokenizer).equals(FILES['t.bin']!)).toBe(true);
    }
  });

  it('fetches a stored file again that has rotted', async () => {
    const store = new MapStore();
    await getModel(base, options({ store }));
    const url = [...store.kept.keys()].find((key) => key.includes('e.ort'))!;
    store.kept.get(url)![5] = 0;
    requests = [];
    const files = await getModel(base, options({ store }));
    expect(requests).toEqual(['model.json', 'e.ort']);
    expect(Buffer.from(files.encoder).equals(FILES['e.ort']!)).toBe(true);
  });

  it('forgets the files of an older version, and nothing else', async () => {
    const store = new MapStore();
    const old = `${base}e.ort?sha256=${'0'.repeat(64)}`;
    const elsewhere = 'https://example.org/other/e.ort';
    store.kept.set(old, new Uint8Array(1));
    store.kept.set(elsewhere, new Uint8Array(1));
    await getModel(base, options({ store }));
    expect(store.kept.has(old)).toBe(false);
    expect(store.kept.has(elsewhere)).toBe(true);
  });

  it('keeps what it has of an interrupted download, and goes on from there', async () => {
    const store = new MapStore();
    faults.set('d.ort', 'hang up');
    await expect(getModel(base, options({ store }))).rejects.toThrow(/d\.ort could not be downloaded/);
    faults.clear();
    requests = [];
    await getModel(base, options({ store }));
    expect(requests).toEqual(['model.json', 'd.ort', 't.bin']);
  });
});

describe('a download that fails says which file, why and what to do', () => {
  const cases: readonly (readonly [name: string, fault: Fault, message: RegExp])[] = [
    ['model.json', 'status 404', /model\.json answered 404\. Check that the model's files are served there\./],
    ['model.json', 'html', /model\.json is not JSON\. Check .* not a web page in their place\./],
    ['e.ort', 'status 500', /e\.ort answered 500\./],
    ['e.ort', 'html', /e\.ort has 15 bytes, not 200000: .* Try again\./],
    ['d.ort', 'cut', /d\.ort has 299999 bytes, not 300000: the download was cut off, or .* Try again\./],
    ['t.bin', 'altered', /t\.bin has the SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}: /],
    ['t.bin', 'hang up', /t\.bin could not be downloaded: .*Check the connection and try again\./],
  ];
  for (const [name, fault, message] of cases) {
    it(`when ${name} meets "${fault}"`, async () => {
      faults.set(name, fault);
      await expect(getModel(base, options())).rejects.toThrow(message);
    });
  }

  it('when nothing arrives any more', async () => {
    faults.set('e.ort', 'stall');
    await expect(getModel(base, options({ stallMs: 100 }))).rejects.toThrow(
      /e\.ort could not be downloaded: nothing arrived for 0\.1 s\. Check the connection and try again\./,
    );
  });

  it('and without Web Crypto still notices a wrong length', async () => {
    faults.set('d.ort', 'cut');
    await expect(getModel(base, options({ subtle: undefined }))).rejects.toThrow(/d\.ort has 299999 bytes/);
    faults.clear();
    await expect(getModel(base, options({ subtle: undefined }))).resolves.toHaveProperty('encoder');
  });
});
