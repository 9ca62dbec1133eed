import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessFacts, accessPolicy, judgeAccess } from '../../src/server/access.ts';
import { CallerDirectory } from '../../src/server/callers.ts';
import { type LocalServer, startLocalServer } from '../local-server.ts';

const SHOP = 'https://shop.example';
const OPEN = accessPolicy({ asksForKeys: false, allowedOrigins: [] });
const SHARED = accessPolicy({ asksForKeys: false, allowedOrigins: [SHOP] });
const KEYED = accessPolicy({ asksForKeys: true, allowedOrigins: [SHOP] });

const LOCAL: AccessFacts = { host: 'localhost:8790', origin: undefined, fetchSite: undefined, isApi: true };

function codeOf(facts: Partial<AccessFacts>, policy = OPEN): string | undefined {
  const verdict = judgeAccess({ ...LOCAL, ...facts }, policy);
  return verdict.status === 'refused' ? verdict.refusal.code : undefined;
}

describe('access without keys', () => {
  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:8790', '127.1.2.3', '[::1]:8790'])('answers to %s', (host) => {
    expect(codeOf({ host })).toBeUndefined();
  });

  it.each(['evil.example', 'localhost.evil.example', '192.168.1.5:8790', '0.0.0.0', '127.0.0.1.evil.example'])(
    'does not answer to %s, a name that others decide about',
    (host) => {
      expect(codeOf({ host })).toBe('host_not_allowed');
    },
  );

  it.each([undefined, '', 'a b', 'localhost:port', 'user@localhost', 'localhost/x'])('refuses the host %j', (host) => {
    expect(codeOf({ host })).toBe('invalid_host');
  });

  it('takes its own pages, and callers that are no page', () => {
    expect(codeOf({ origin: 'http://localhost:8790' })).toBeUndefined();
    expect(codeOf({ origin: 'https://localhost:8790' })).toBeUndefined();
    expect(codeOf({ host: 'localhost', origin: 'http://localhost' })).toBeUndefined();
    expect(codeOf({ origin: undefined })).toBeUndefined();
  });

  it.each([
    'https://evil.example',
    'http://localhost:3000',
    'null',
    'file://',
    '',
    'http://localhost:8790.evil.example',
  ])('refuses pages of %j', (origin) => {
    expect(codeOf({ origin })).toBe('origin_not_allowed');
  });

  it('opens to the one site that is allowed, and to no other', () => {
    expect(judgeAccess({ ...LOCAL, origin: 'https://shop.example' }, SHARED)).toEqual({
      status: 'allowed',
      corsOrigin: 'https://shop.example',
    });
    expect(codeOf({ origin: 'https://shop.example.evil.example' }, SHARED)).toBe('origin_not_allowed');
    expect(codeOf({ origin: 'http://shop.example' }, SHARED)).toBe('origin_not_allowed');
  });

  it('never answers a foreign host or origin, whatever they look like', () => {
    fc.assert(
      fc.property(fc.domain(), fc.webUrl(), (domain, url) => {
        expect(codeOf({ host: domain })).toBe('host_not_allowed');
        expect(codeOf({ origin: new URL(url).origin })).toBe('origin_not_allowed');
      }),
    );
  });
});

describe('access with keys', () => {
  it('is under any host name', () => {
    expect(codeOf({ host: '192.168.1.5:8790' }, KEYED)).toBeUndefined();
  });

  it('is refused to a page of another site, whatever it holds', () => {
    expect(codeOf({ origin: 'https://evil.example' }, KEYED)).toBe('origin_not_allowed');
  });

  it.each(['cross-site', 'same-site'])('is refused to a %s request that hides its origin', (fetchSite) => {
    expect(codeOf({ fetchSite }, OPEN)).toBe('origin_not_allowed');
    expect(codeOf({ fetchSite }, KEYED)).toBe('origin_not_allowed');
    // A link on another site may lead to the page.
    expect(codeOf({ fetchSite, isApi: false }, OPEN)).toBeUndefined();
  });

  it('does not start with origins that could never match', () => {
    expect(() => accessPolicy({ asksForKeys: true, allowedOrigins: ['*'] })).toThrow(RangeError);
    expect(() => accessPolicy({ asksForKeys: true, allowedOrigins: ['https://shop.example/path'] })).toThrow(
      RangeError,
    );
  });
});

describe('the directory of callers', () => {
  const directory = new CallerDirectory({ keys: ['first-key', 'second-key'] });

  it('knows each of the keys, and tells their holders apart', async () => {
    const ids = new Set<string>();
    for (const key of ['first-key', 'second-key']) {
      const verdict = await directory.identify(`Bearer ${key}`, undefined);
      expect(verdict).toMatchObject({ status: 'known', caller: { kind: 'key' } });
      if (verdict.status === 'known') ids.add(verdict.caller.id);
      expect(JSON.stringify(verdict)).not.toContain(key);
    }
    expect(ids.size).toBe(2);
  });

  it.each([undefined, '', 'Bearer', 'Bearer first', 'Bearer first-key x', 'Basic first-key', 'first-key'])(
    'refuses the authorization %j',
    async (authorization) => {
      expect(await directory.identify(authorization, undefined)).toMatchObject({
        status: 'refused',
        refusal: { status: 401, code: 'invalid_api_key' },
      });
    },
  );

  it('asks nobody where there are no keys', async () => {
    expect(await new CallerDirectory({ keys: [] }).identify(undefined, undefined)).toMatchObject({
      status: 'known',
      caller: { kind: 'open' },
    });
  });
});

describe('access over HTTP', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer({ keys: ['the-key'], allowedOrigins: ['https://shop.example'] });
  });
  afterAll(() => server.stop());

  it('asks for the key on the API only', async () => {
    const refused = await fetch(`${server.origin}/v1/models`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.json()).toMatchObject({ error: { type: 'authentication_error', code: 'invalid_api_key' } });
    const headers = { Authorization: 'Bearer the-key' };
    expect((await fetch(`${server.origin}/v1/models`, { headers })).status).toBe(200);
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
  });

  it('answers the preflight and the call of the allowed site', async () => {
    const origin = 'https://shop.example';
    const preflight = await fetch(`${server.origin}/v1/audio/transcriptions`, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('X-Clip-Contract');
    const call = await fetch(`${server.origin}/v1/models`, {
      headers: { Origin: origin, Authorization: 'Bearer the-key' },
    });
    expect(call.headers.get('access-control-allow-origin')).toBe(origin);
    expect(call.headers.get('access-control-expose-headers')).toContain('X-Release');
    expect(call.headers.get('vary')).toContain('Origin');
  });

  it('lets the allowed site read why it was refused', async () => {
    const refused = await fetch(`${server.origin}/v1/models`, { headers: { Origin: 'https://shop.example' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });

  it('gives a foreign site nothing to read', async () => {
    const refused = await fetch(`${server.origin}/healthz`, { headers: { Origin: 'https://evil.example' } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('refuses a host name that was pointed at this machine', async () => {
    const open = await startLocalServer();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: open.port, path: '/healthz', headers: { Host: 'evil.example' } })
        .on('response', (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    await open.stop();
    expect(status).toBe(403);
  });

  it('says so when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { serve } = await import('../../src/server/serve.ts');
    const { BUILT } = await import('../local-server.ts');
    await expect(serve({ ...BUILT, port, host: '127.0.0.1', threadCount: 1 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await new Promise((resolve) => other.close(resolve));
  });
});
