import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { OssicleServer } from '../e2e/server.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const SERVED = ['dist/browser/', 'node_modules/comlink/', 'node_modules/valibot/'];
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A page that uses the built library as a site does and notes all that happens, with the real server behind it. */
export class ProbeServer {
  readonly #speech: OssicleServer;
  readonly #server: Server;

  private constructor(speech: OssicleServer) {
    this.#speech = speech;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        response.writeHead(502).end(String(error));
      });
    });
  }

  static async open(): Promise<ProbeServer> {
    const probe = new ProbeServer(await new OssicleServer().start());
    await new Promise<void>((resolve) => probe.#server.listen(0, '127.0.0.1', resolve));
    return probe;
  }

  /** Address of the search page, which the speech server serves. */
  get appOrigin(): string {
    return this.#speech.origin;
  }

  /** @param options `SpeechPipelineOptions` of the page's pipeline. */
  pageUrl(options: Readonly<Record<string, unknown>> = {}): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://localhost:${port}/?options=${encodeURIComponent(JSON.stringify(options))}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#speech.kill();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')).slice(1);
    if (path.startsWith('v1/')) return this.#passOn(request, response);
    if (path === 'away') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Away</title>');
      return;
    }
    const file = path === '' ? 'test/probe/page.html' : path;
    const isServed = path === '' || SERVED.some((folder) => path.startsWith(folder));
    if (!isServed || !existsSync(join(ROOT, file)) || !statSync(join(ROOT, file)).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(join(ROOT, file)).pipe(response);
  }

  async #passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const abandoned = new AbortController();
    response.once('close', () => abandoned.abort());
    const answer = await fetch(this.#speech.origin + request.url, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      body: Buffer.concat(parts),
      signal: abandoned.signal,
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
  }
}
