import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SearchClient, type SearchClientOptions } from '../../src/app/search-client.ts';
import { createMenuSearch } from '../../src/search/menu-search.ts';

const HIT = { id: 'x', name: 'From the server', description: '', category: 'Test', price: 1, score: 1, icon: '☕' };
const ANSWER = JSON.stringify({ query: 'mocha', hits: [HIT], took_ms: 1 });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A real server on a free port; resolves with the URL of its search. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/search`;
}

function clientOf(endpoint: string, more: Partial<SearchClientOptions> = {}): SearchClient {
  return new SearchClient({
    endpoint,
    headers: {},
    timeoutMs: 5000,
    restMs: 5000,
    loadMenuSearch: async () => createMenuSearch(),
    nowMs: () => performance.now(),
    isOnline: () => true,
    ...more,
  });
}

const json: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json').end(ANSWER);
};

describe('searching with a server that answers', () => {
  it('shows the hits of the server, asked with the query and the key', async () => {
    let seen: { query: string | null; key: string | undefined } | undefined;
    const endpoint = await serve((request, response) => {
      const url = new URL(request.url ?? '', 'http://test');
      seen = { query: url.searchParams.get('q'), key: request.headers.authorization };
      json(request, response);
    });
    const client = clientOf(endpoint, { headers: { Authorization: 'Bearer k1' } });
    const found = await client.search('mocha & milk?');
    expect(found).toMatchObject({ query: 'mocha & milk?', place: 'server', hits: [HIT] });
    expect(seen).toEqual({ query: 'mocha & milk?', key: 'Bearer k1' });
  });
});

describe('searching with a server that gives nothing to use', () => {
  const useless: Readonly<Record<string, RequestListener>> = {
    'a 500': (_request, response) => response.writeHead(500).end('{"error":{"message":"broken"}}'),
    'a 401': (_request, response) => response.writeHead(401, { 'content-type': 'application/json' }).end(ANSWER),
    HTML: (_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Hi</title>'),
    'JSON of another shape': (_request, response) =>
      response.setHeader('content-type', 'application/json').end('{"hits":"none"}'),
    'half an answer': (_request, response) => {
      response.writeHead(200, { 'content-length': String(ANSWER.length) });
      response.write(ANSWER.slice(0, 20), () => response.destroy());
    },
    'a closed connection': (request) => request.socket.destroy(),
  };

  it.each(Object.keys(useless))('falls back to the device after %s', async (name) => {
    const client = clientOf(await serve(useless[name]!));
    const found = await client.search('iced mocha');
    expect(found.place).toBe('device');
    expect(found.hits[0]?.name).toBe('Iced Mocha');
  });

  it('falls back to the device when nothing listens', async () => {
    const endpoint = await serve(json);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect((await clientOf(endpoint).search('iced mocha')).place).toBe('device');
  });

  it('asks the server again at the next search after a failure', async () => {
    let requestCount = 0;
    const endpoint = await serve((request, response) => {
      requestCount++;
      if (requestCount === 1) response.writeHead(500).end();
      else json(request, response);
    });
    const client = clientOf(endpoint);
    expect((await client.search('iced mocha')).place).toBe('device');
    expect((await client.search('iced mocha')).place).toBe('server');
  });
});

describe('searching with a server that does not answer in time', () => {
  it('falls back, and leaves the server alone for a while so that typing does not wait', async () => {
    let nowMs = 1000;
    let requestCount = 0;
    let isHanging = true;
    const endpoint = await serve((request, response) => {
      requestCount++;
      if (!isHanging) json(request, response);
    });
    const client = clientOf(endpoint, { timeoutMs: 1500, restMs: 5000, nowMs: () => nowMs });
    expect((await client.search('iced mocha')).place).toBe('device');
    expect((await client.search('iced mocha')).place).toBe('device');
    expect(requestCount).toBe(1);
    isHanging = false;
    nowMs += 5000;
    expect((await client.search('iced mocha')).place).toBe('server');
  });

  it('stops at once when a newer search takes over', async () => {
    const endpoint = await serve(() => undefined);
    const newer = new AbortController();
    const search = clientOf(endpoint).search('iced mo', { signal: newer.signal });
    newer.abort(new Error('newer'));
    await expect(search).rejects.toThrow('newer');
  });
});

describe('searching offline', () => {
  it('asks no server', async () => {
    let requestCount = 0;
    const endpoint = await serve((request, response) => {
      requestCount++;
      json(request, response);
    });
    const found = await clientOf(endpoint, { isOnline: () => false }).search('flat white');
    expect(found).toMatchObject({ place: 'device' });
    expect(found.hits[0]?.name).toBe('Flat White');
    expect(requestCount).toBe(0);
  });

  it('uses the index that was fetched before, and fetches it only once', async () => {
    const endpoint = await serve(json);
    let loadCount = 0;
    const loadMenuSearch = async () => {
      loadCount++;
      return createMenuSearch();
    };
    const client = clientOf(endpoint, { loadMenuSearch, isOnline: () => false });
    await client.prefetch();
    await client.search('latte');
    await client.search('mocha');
    expect(loadCount).toBe(1);
  });

  it('fetches the index again after that failed, and says why when it stays away', async () => {
    let loadCount = 0;
    const client = clientOf(await serve(json), {
      isOnline: () => false,
      loadMenuSearch: async () => {
        loadCount++;
        if (loadCount < 3) throw new Error('no index');
        return createMenuSearch();
      },
    });
    await client.prefetch();
    await expect(client.search('mocha')).rejects.toThrow('no index');
    expect((await client.search('mocha')).hits[0]?.name).toBe('Mocha');
  });
});
