import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from './signals.ts';

/** What can become of a request on its way. */
export const FAULTS = [
  /** The server never hears of it, and the client never gets an answer. */
  'drop-request',
  /** The server answers, and the client never gets the answer. */
  'drop-answer',
  /** The answer comes late. */
  'delay',
  /** The server hears of it twice, at the same time. */
  'duplicate',
  /** The connection breaks before the server hears of it; after it answered. */
  'reset-request',
  'reset-answer',
  /** The answer breaks off in its middle. */
  'truncate',
  /** The answer comes a few bytes at a time. */
  'drip',
  /** Somebody else answers, with a page, as hotel networks do. */
  'content-type',
  /** Somebody in between is too busy. */
  'busy',
  'unavailable',
] as const;
/** One of {@link FAULTS}. */
export type Fault = (typeof FAULTS)[number];

/** How a {@link FaultProxy} misbehaves. */
export interface FaultPlan {
  readonly seed: number;
  /** Of the requests that meet a fault, 0..1. */
  readonly share: number;
  /** Each as likely as the others; every one unless told. */
  readonly faults?: readonly Fault[];
  /** Longest delay, and longest drip in all. */
  readonly longestDelayMs?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

const PAGE = '<!doctype html><title>Sign in to the network</title>';
const DRIP_PARTS = 8;

/** A server that stands before another one and harms a share of what passes, the same requests in every run. */
export class FaultProxy {
  /** Requests that came, and of these that met each fault. */
  requestCount = 0;
  readonly faultCounts: Map<Fault, number> = new Map();
  /** Set to pass everything on unharmed, or to harm again. */
  isHarmful = true;
  readonly #backend: URL;
  readonly #plan: Required<FaultPlan>;
  readonly #random: () => number;
  readonly #server: Server;
  readonly #closed = new AbortController();

  private constructor(backend: string, plan: FaultPlan) {
    this.#backend = new URL(backend);
    this.#plan = { faults: FAULTS, longestDelayMs: 300, ...plan };
    this.#random = seededRandom(plan.seed);
    this.#server = createServer((incoming, outgoing) => {
      this.#handle(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  /** Starts a proxy on a free loopback port. */
  static async open(backend: string, plan: FaultPlan): Promise<FaultProxy> {
    const proxy = new FaultProxy(backend, plan);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests that met a fault. */
  get harmedCount(): number {
    return [...this.faultCounts.values()].reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.requestCount++;
    const fault = this.#drawFault();
    if (fault !== undefined) this.faultCounts.set(fault, (this.faultCounts.get(fault) ?? 0) + 1);
    const body = await readAll(incoming);
    switch (fault) {
      case 'drop-request':
        return;
      case 'reset-request':
        incoming.socket.resetAndDestroy();
        return;
      case 'busy':
        outgoing.writeHead(429, { 'retry-after': '0' }).end('{"error":{"message":"slow down"}}');
        return;
      case 'unavailable':
        outgoing.writeHead(503).end('no backend');
        return;
      case 'content-type':
        outgoing.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
        return;
      default: {
        const repeated = fault === 'duplicate' ? this.#forward(incoming, body).catch(() => undefined) : undefined;
        const answer = await this.#forward(incoming, body, outgoing);
        await repeated;
        await this.#deliver(answer, incoming, outgoing, fault);
      }
    }
  }

  async #deliver(
    { status, headers, body }: Answer,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    fault: Exclude<Fault, 'drop-request' | 'reset-request' | 'busy' | 'unavailable' | 'content-type'> | undefined,
  ): Promise<void> {
    const { signal } = this.#closed;
    const durationMs = this.#random() * this.#plan.longestDelayMs;
    const whole = { ...headers, 'content-length': String(body.length) };
    switch (fault) {
      case 'drop-answer':
        return;
      case 'reset-answer':
        incoming.socket.resetAndDestroy();
        return;
      case 'truncate':
        outgoing.writeHead(status, whole);
        // The first half must be on its way before the connection ends.
        await new Promise((resolve) => outgoing.write(body.subarray(0, body.length >> 1), resolve));
        incoming.socket.destroy();
        return;
      case 'drip': {
        outgoing.writeHead(status, whole);
        const step = Math.max(1, Math.ceil(body.length / DRIP_PARTS));
        for (let at = 0; at < body.length; at += step) {
          outgoing.write(body.subarray(at, at + step));
          await pause(durationMs / DRIP_PARTS, undefined, { signal });
        }
        outgoing.end();
        return;
      }
      case 'delay':
        await pause(durationMs, undefined, { signal });
    }
    outgoing.writeHead(status, whole).end(body);
  }

  #drawFault(): Fault | undefined {
    // Both are drawn for every request: what one meets does not depend on what others met.
    const isHarmed = this.#random() < this.#plan.share;
    const fault = this.#plan.faults[Math.floor(this.#random() * this.#plan.faults.length)];
    return isHarmed && this.isHarmful ? fault : undefined;
  }

  /** @param outgoing A client that leaves takes the request to the server with it; a repeat has nobody who could. */
  #forward(incoming: IncomingMessage, body: Buffer, outgoing?: ServerResponse): Promise<Answer> {
    const { hostname, port, host } = this.#backend;
    const { method, url: path, headers } = incoming;
    return new Promise((resolve, reject) => {
      const onward = request({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
        const {
          statusCode: status = 502,
          headers: { 'transfer-encoding': _, ...kept },
        } = answer;
        readAll(answer).then((read) => resolve({ status, headers: kept, body: read }), reject);
      });
      onward.once('error', reject);
      outgoing?.once('close', () => onward.destroy());
      onward.end(body);
    });
  }
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
