import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const TRANSCRIPTIONS = '/v1/audio/transcriptions';

/** An answer that some server, proxy or hotel network gives in place of a transcription. */
export interface StrangeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A server that stands before ours, as proxies do: it passes everything on, unless it is told to answer speech itself. */
export class FrontDoor {
  /** Given to every transcription request while it is set. */
  answer: StrangeAnswer | undefined;
  /** Transcription requests that got the strange answer. */
  answeredCount = 0;
  /** Files of the page that a newer build has changed, by path. */
  readonly changedFiles: Map<string, Buffer> = new Map();
  /** Idempotency keys of the transcription requests that came, in order. */
  readonly askedKeys: string[] = [];
  readonly #backend: URL;
  readonly #server: Server;

  private constructor(backend: string) {
    this.#backend = new URL(backend);
    this.#server = createServer((incoming, outgoing) => this.#handle(incoming, outgoing));
  }

  static async open(backend: string): Promise<FrontDoor> {
    const door = new FrontDoor(backend);
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { answer } = this;
    if (incoming.url === TRANSCRIPTIONS) this.askedKeys.push(String(incoming.headers['idempotency-key']));
    const changed = this.changedFiles.get(incoming.url ?? '');
    if (changed !== undefined) {
      const type = incoming.url?.endsWith('.js') ? 'text/javascript' : 'text/html';
      outgoing.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(changed);
      return;
    }
    if (answer === undefined || incoming.url !== TRANSCRIPTIONS) {
      this.#passOn(incoming, outgoing);
      return;
    }
    this.answeredCount++;
    incoming.resume().once('end', () => {
      outgoing.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
    });
  }

  #passOn(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { hostname, port, host } = this.#backend;
    const { method, url: path, headers } = incoming;
    const onward = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { ...headers, host, ...(headers.origin && { origin: this.#backend.origin }) },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  }
}
