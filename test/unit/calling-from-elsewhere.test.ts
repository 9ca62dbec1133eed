import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSessionAnswer } from '../../src/protocol/session.ts';
import { signToken, tokenVerifier } from '../../src/server/browser-tokens.ts';
import { type LocalServer, startLocalServer } from '../local-server.ts';

const SECRET = 'a secret of at least thirty-two bytes, shared';
const SITE = 'https://shop.example';
const STRANGER = 'https://evil.example';
const API: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/v1/audio/transcriptions'],
  ['GET', '/v1/models'],
  ['GET', '/v1/session'],
  ['GET', '/v1/search?q=latte'],
];

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request over a socket of its own, with exactly these headers. */
function call(server: LocalServer, method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, method, path, headers, agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    request.end();
  });
}

/** What a browser asks before a page may send a key or JSON to another origin. */
function preflight(server: LocalServer, origin: string, path = '/v1/models'): Promise<Answer> {
  return call(server, 'OPTIONS', path, {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,idempotency-key',
    'Access-Control-Request-Private-Network': 'true',
  });
}

function token(origin?: string): Promise<string> {
  const bound = origin === undefined ? {} : { origin };
  return signToken({ secret: SECRET }, { audience: 'ossicle', lifetimeSeconds: 60, subject: 'visitor', ...bound });
}

describe('a server of this machine alone', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer({ session: { automationLevel: 'L3', tau: 0.8 } });
  });
  afterAll(() => server.stop());

  it.each(API)('gives a page on another origin nothing for %s %s', async (method, path) => {
    for (const origin of [STRANGER, 'null', 'http://localhost:3000', `http://127.0.0.1:${server.port + 1}`]) {
      const asked = await preflight(server, origin, path);
      expect(asked.status).toBe(403);
      const answer = await call(server, method, path, { Origin: origin });
      expect(answer.status).toBe(403);
      for (const { headers } of [asked, answer]) {
        const cors = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
        expect(cors).toEqual([]);
        expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      }
      expect(JSON.parse(answer.body)).toMatchObject({
        error: { type: 'permission_error', code: 'origin_not_allowed' },
      });
    }
  });

  it('gives a page that hides its origin nothing of the API', async () => {
    const hidden = await call(server, 'GET', '/v1/search?q=latte', { 'Sec-Fetch-Site': 'cross-site' });
    expect(hidden.status).toBe(403);
  });

  it('answers its own page and programs of this machine', async () => {
    const own = { Origin: `http://127.0.0.1:${server.port}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await call(server, 'GET', '/v1/models', own)).status).toBe(200);
    expect((await call(server, 'GET', '/v1/models', {})).status).toBe(200);
  });

  it('tells a page what to do with a text', async () => {
    const answer = await call(server, 'GET', '/v1/session', { 'X-Session-Key': 'a visit' });
    expect(parseSessionAnswer(JSON.parse(answer.body))).toEqual({
      release: 'moonshine-tiny-en',
      automationLevel: 'L3',
      tau: 0.8,
      clipContract: '1',
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    const overlong = await call(server, 'GET', '/v1/session', { 'X-Session-Key': 'x'.repeat(201) });
    expect(overlong.status).toBe(400);
    expect(JSON.parse(overlong.body)).toMatchObject({ error: { param: 'X-Session-Key' } });
  });
});

describe('the answer of a session', () => {
  it.each([
    ['an unknown level', { automationLevel: 'L9' }],
    ['a confidence over 1', { tau: 1.2 }],
    ['no release', { release: '' }],
    ['a number for the contract', { clipContract: 1 }],
  ])('is none with %s', (_name, wrong) => {
    const right = { release: 'a', automationLevel: 'L2', tau: 0, clipContract: '1' };
    expect(parseSessionAnswer(right)).toEqual(right);
    expect(parseSessionAnswer({ ...right, ...wrong })).toBeUndefined();
  });
});

describe('a server for the pages of one site', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer({
      keys: ['the-key'],
      tokens: await tokenVerifier({ secret: SECRET, audience: 'ossicle' }),
      allowedOrigins: [SITE],
      trustedProxies: ['127.0.0.1'],
      limits: { perKeyCount: 8, perAddressCount: 20 },
    });
  });
  afterAll(() => server.stop());

  function models(headers: Record<string, string>): Promise<Answer> {
    return call(server, 'GET', '/v1/models', headers);
  }

  it('lets its page through the preflight, private network included, and names the token header', async () => {
    const asked = await preflight(server, SITE);
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': SITE,
      'access-control-allow-private-network': 'true',
      vary: expect.stringContaining('Origin'),
    });
    expect(asked.headers['access-control-allow-headers']).toMatch(/Authorization.*Idempotency-Key/);
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('answers its page with a token, and with a token only', async () => {
    const answer = await models({ Origin: SITE, Authorization: `Bearer ${await token(SITE)}` });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(SITE);
    const without = await models({ Origin: SITE });
    expect(without.status).toBe(401);
    expect(without.body).not.toContain('moonshine');
  });

  it('says in OpenAI’s shape why a token is not taken, and lets the page read it', async () => {
    const answer = await models({ Origin: SITE, Authorization: `Bearer ${await token('https://other.example')}` });
    expect(answer.status).toBe(401);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': SITE, 'www-authenticate': 'Bearer' });
    expect(JSON.parse(answer.body)).toEqual({
      error: {
        message: expect.stringMatching(/Sign one for this page/),
        type: 'authentication_error',
        param: null,
        code: 'token_of_other_origin',
      },
    });
  });

  it.each(API)('gives a page of another site nothing for %s %s, whatever it holds', async (method, path) => {
    expect((await preflight(server, STRANGER, path)).status).toBe(403);
    for (const credential of ['the-key', await token(), await token(STRANGER)]) {
      const answer = await call(server, method, path, { Origin: STRANGER, Authorization: `Bearer ${credential}` });
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('counts the calls of each key and each visitor by themselves', async () => {
    const statuses = async (credential: string, count: number): Promise<(number | undefined)[]> => {
      const answers = [];
      for (let i = 0; i < count; i++) answers.push((await models({ Authorization: `Bearer ${credential}` })).status);
      return answers;
    };
    const visitor = await signToken(
      { secret: SECRET },
      { audience: 'ossicle', lifetimeSeconds: 60, subject: 'another' },
    );
    expect(await statuses(visitor, 9)).toEqual([...Array<number>(8).fill(200), 429]);
    // A fresh token of the same visitor is no fresh start.
    const renewed = await signToken(
      { secret: SECRET },
      { audience: 'ossicle', lifetimeSeconds: 59, subject: 'another' },
    );
    expect(await statuses(renewed, 1)).toEqual([429]);
    expect(await statuses('the-key', 1)).toEqual([200]);
  });

  it('counts the calls of each address, guesses of keys included, and says when to come again', async () => {
    const from = (address: string): Promise<Answer> =>
      models({ 'X-Forwarded-For': `198.51.100.9, ${address}`, Authorization: 'Bearer guess' });
    for (let i = 0; i < 20; i++) expect((await from('203.0.113.7')).status).toBe(401);
    const refused = await from('203.0.113.7');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(JSON.parse(refused.body)).toMatchObject({
      error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    });
    expect((await from('203.0.113.8')).status).toBe(401);
  });
});
