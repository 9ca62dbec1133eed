import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the server saw it, and the means to answer it. */
export interface Exchange {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Resolves when the connection is gone or the answer finished; true when the client left before an answer. */
  readonly abandoned: Promise<boolean>;
}

/** How a server answers; the index counts its requests from 0. */
export type Script = (exchange: Exchange, index: number) => void;

/** A transcription server on loopback that behaves as a script says. */
export class ForeignServer {
  readonly exchanges: Exchange[] = [];
  readonly #watchers: Set<() => void> = new Set();
  script: Script;
  #server: Server | undefined;
  #port = 0;

  constructor(script: Script) {
    this.script = script;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get endpoint(): string {
    return `http://${this.host}/v1/audio/transcriptions`;
  }

  /** Starts listening; after {@link close}, on the same port again. */
  async listen(): Promise<this> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      const abandoned = new Promise<boolean>((resolve) => {
        response.once('close', () => resolve(!response.writableFinished));
      });
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('error', () => undefined);
      request.on('end', () => {
        const { method = '', headers } = request;
        const exchange: Exchange = { method, headers, body: Buffer.concat(parts), response, abandoned };
        this.exchanges.push(exchange);
        this.script(exchange, this.exchanges.length - 1);
        for (const watcher of this.#watchers) watcher();
      });
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** Resolves with the request of that index as soon as it is there. */
  received(index: number): Promise<Exchange> {
    return new Promise((resolve) => {
      const watcher = (): void => {
        const exchange = this.exchanges[index];
        if (exchange === undefined) return;
        this.#watchers.delete(watcher);
        resolve(exchange);
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Ends an exchange with a body. */
export function answer(exchange: Exchange, status: number, contentType: string | undefined, body: string): void {
  exchange.response.writeHead(status, contentType === undefined ? {} : { 'content-type': contentType });
  exchange.response.end(body);
}

/** Ends an exchange with JSON. */
export function answerJson(exchange: Exchange, value: unknown, status: number = 200): void {
  answer(exchange, status, 'application/json', JSON.stringify(value));
}

/** The form that a request carried, as Node's own parser reads it. */
export async function readForm(exchange: Exchange): Promise<FormData> {
  const headers = { 'content-type': exchange.headers['content-type'] ?? '' };
  return await new Response(new Uint8Array(exchange.body), { headers }).formData();
}
