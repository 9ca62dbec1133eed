import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS, type Fault, FaultProxy } from '../fault-proxy.ts';

const ANSWER = JSON.stringify({ text: 'a flat white, please, and a cinnamon roll' });

let heardCount: number;
let backend: Server;
let proxy: FaultProxy | undefined;

beforeEach(async () => {
  heardCount = 0;
  backend = createServer((request, response) => {
    heardCount++;
    request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER));
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await proxy?.close();
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
});

async function opened(share: number, faults: readonly Fault[] = FAULTS, seed = 1): Promise<FaultProxy> {
  const origin = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  proxy = await FaultProxy.open(origin, { seed, share, faults, longestDelayMs: 20 });
  return proxy;
}

/** What a client sees: the body, a status, or that there was no whole answer. */
async function seen({ origin }: FaultProxy, patienceMs = 30_000): Promise<string> {
  try {
    const response = await fetch(origin, { method: 'POST', body: 'x', signal: AbortSignal.timeout(patienceMs) });
    const body = await response.text();
    return response.ok && body === ANSWER ? 'answer' : `${response.status} ${response.headers.get('content-type')}`;
  } catch (thrown) {
    return thrown instanceof DOMException && thrown.name === 'TimeoutError' ? 'silence' : 'broken';
  }
}

describe('the faulty proxy', () => {
  it.each([
    ['drop-request', 'silence', 0],
    ['drop-answer', 'silence', 1],
    ['delay', 'answer', 1],
    ['duplicate', 'answer', 2],
    ['reset-request', 'broken', 0],
    ['reset-answer', 'broken', 1],
    ['truncate', 'broken', 1],
    ['drip', 'answer', 1],
    ['content-type', '200 text/html', 0],
    ['busy', '429 null', 0],
    ['unavailable', '503 null', 0],
  ] as const)('%s: the client sees %s, the server hears of it %i times', async (fault, client, times) => {
    expect(await seen(await opened(1, [fault]), client === 'silence' ? 300 : undefined)).toBe(client);
    expect(heardCount).toBe(times);
    expect(proxy?.faultCounts).toEqual(new Map([[fault, 1]]));
  });

  it('passes on what it does not harm', async () => {
    const passing = await opened(0);
    expect([await seen(passing), passing.requestCount, passing.harmedCount]).toEqual(['answer', 1, 0]);
  });

  it('harms the same requests in every run of a seed, and about the share that it is told', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const all: string[] = [];
      const harming = await opened(0.3, ['busy', 'unavailable', 'content-type'], seed);
      for (let index = 0; index < 200; index++) all.push(await seen(harming));
      expect(harming.harmedCount).toBeGreaterThan(40);
      expect(harming.harmedCount).toBeLessThan(80);
      await harming.close();
      proxy = undefined;
      return all;
    };
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect(await run(6)).not.toEqual(first);
  });
});
