import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ms } from '../../../src/units.ts';
import type { SiteFile } from './site-files.ts';

/** Segments are written in pieces of this size where the link is slow: a TCP segment or so, so that files share it. */
const PIECE_BYTES = 1_400;

/** How the site is reached. */
export interface LinkSpeed {
  readonly bitsPerSecond: number;
  /** Before the first byte of every answer. */
  readonly roundTripMs: Ms;
}

/** A site that hosts both contestants, compressed and cacheable, and keeps the audio that is sent to it. */
export class BenchSite {
  /** Set while everything is to come over a slow link. */
  link: LinkSpeed | undefined;
  readonly #files: ReadonlyMap<string, SiteFile>;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #closedBytes = 0;
  #clips: Int16Array[] = [];
  #linkFreeAtMs = 0;

  private constructor(files: ReadonlyMap<string, SiteFile>) {
    this.#files = files;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#closedBytes += socket.bytesWritten;
        this.#sockets.delete(socket);
      });
    });
  }

  static async open(files: ReadonlyMap<string, SiteFile>): Promise<BenchSite> {
    const site = new BenchSite(files);
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bytes that were written to the network so far, headers included. */
  get writtenBytes(): number {
    let sum = this.#closedBytes;
    for (const socket of this.#sockets) sum += socket.bytesWritten;
    return sum;
  }

  /** The clips that were sent since the last call, mono at 16 kHz. */
  takeClips(): readonly Int16Array[] {
    const clips = this.#clips;
    this.#clips = [];
    return clips;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST') return this.#takeClip(request, response);
    const file = this.#files.get(url.pathname);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const isPage = url.pathname.endsWith('.html');
    response.writeHead(200, {
      'content-type': file.contentType,
      'content-encoding': 'br',
      'content-length': file.brotli.length,
      'cache-control': isPage ? 'no-cache' : 'public, max-age=31536000, immutable',
      // Only so does the browser tell a page how much memory it uses.
      ...(url.searchParams.has('isolated') || request.headers.referer?.includes('isolated') === true
        ? {
            'cross-origin-opener-policy': 'same-origin',
            'cross-origin-embedder-policy': 'require-corp',
            'cross-origin-resource-policy': 'same-origin',
          }
        : {}),
    });
    if (this.link === undefined) response.end(file.brotli);
    else await this.#trickle(response, file.brotli, this.link);
  }

  /** All answers share the link: each piece waits until those before it are through. */
  async #trickle(response: ServerResponse, bytes: Uint8Array, link: LinkSpeed): Promise<void> {
    await wait(link.roundTripMs);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.#linkFreeAtMs =
        Math.max(performance.now(), this.#linkFreeAtMs) + (piece.length * 8_000) / link.bitsPerSecond;
      const waitMs = this.#linkFreeAtMs - performance.now();
      if (waitMs > 1) await wait(waitMs);
      if (response.destroyed) return;
      response.write(piece);
    }
    response.end();
  }

  /** In the place of a recogniser, which is not what is measured here: what was sent is kept and answered at once. */
  async #takeClip(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const wav = body.indexOf('RIFF');
    const data = body.indexOf('data', wav);
    const length = body.readUInt32LE(data + 4);
    this.#clips.push(new Int16Array(new Uint8Array(body.subarray(data + 8, data + 8 + length)).buffer));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":"heard"}');
  }
}
