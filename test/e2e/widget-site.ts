import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { passOn } from '../pass-on.ts';

/**
 * Somebody else's site: one page, made from what a test wants, and a search that answers with what it was asked. What
 * else is asked for below `/widget/` and `/v1/` it has the speech server answer, where there is one behind it.
 */
export class WidgetSite {
  readonly #server: Server;
  /** Markup of the page at `/`. */
  page = '';
  /** `Content-Security-Policy` of the page. */
  policy = '';
  /** Origin of the speech server behind this site; empty for none. */
  speechOrigin = '';
  /** Queries that arrived at `/find`. */
  readonly asked: string[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (/^\/(widget|v1)\//.test(url.pathname) && this.speechOrigin !== '') {
        passOn(this.speechOrigin, request, response).catch((error: unknown) =>
          response.writeHead(502).end(String(error)),
        );
        return;
      }
      if (url.pathname === '/find') this.asked.push(url.search);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      if (this.policy !== '') response.setHeader('content-security-policy', this.policy);
      response.end(isPage(request, url) ? this.page : `<!doctype html><title>Found</title><h1>Found</h1>`);
    });
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function isPage(request: IncomingMessage, url: URL): boolean {
  return request.method === 'GET' && url.pathname === '/';
}
