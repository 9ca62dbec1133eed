import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { OssicleServer } from '../e2e/server.ts';
import { passOn } from '../pass-on.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const SERVED = ['dist/browser/', 'node_modules/comlink/', 'node_modules/valibot/'];
/** By path. */
const PAGES: Readonly<Record<string, string>> = { '': 'test/probe/page.html', widget: 'test/probe/widget.html' };
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
    return `${this.#origin}/?options=${encodeURIComponent(JSON.stringify(options))}`;
  }

  /** Address of a page that holds the tag. */
  get widgetUrl(): string {
    return `${this.#origin}/widget`;
  }

  get #origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#speech.kill();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')).slice(1);
    if (path.startsWith('v1/')) return passOn(this.#speech.origin, request, response);
    if (path === 'away') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Away</title>');
      return;
    }
    const page = PAGES[path];
    const file = page ?? path;
    const isServed = page !== undefined || SERVED.some((folder) => path.startsWith(folder));
    if (!isServed || !existsSync(join(ROOT, file)) || !statSync(join(ROOT, file)).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(join(ROOT, file)).pipe(response);
  }
}
