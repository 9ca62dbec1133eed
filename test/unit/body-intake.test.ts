import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { BodyIntake } from '../../src/server/body-intake.ts';
import { heardRefusals } from '../../src/server/heard-refusals.ts';
import { RefusedRequest } from '../../src/server/openai-error.ts';
import { readBody } from '../../src/server/request-body.ts';

import { startLocalServer } from '../local-server.ts';

const { signal } = new AbortController();
/** Longer than the half second after which the HTTP adapter hangs up on a body that nobody reads. */
const SLOW_HALF_MS = 800;

/** A request whose body arrives part by part, as the test says. */
class ArrivingRequest {
  readonly request: Request;
  readonly #parts = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#parts.writable.getWriter();

  constructor(headers: Readonly<Record<string, string>> = {}) {
    const init = { method: 'POST', headers, body: this.#parts.readable, duplex: 'half' };
    this.request = new Request('http://localhost/', init);
  }

  /** Resolves when the part was taken. */
  async send(byteCount: number): Promise<void> {
    await this.#writer.write(new Uint8Array(byteCount));
  }

  async end(): Promise<void> {
    await this.#writer.close();
  }
}

describe('body intake', () => {
  it('never holds more than its limit, whatever comes in whichever order', () => {
    const step = fc.record({ body: fc.nat(7), byteCount: fc.integer({ min: 0, max: 400 }), isEnd: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const intake = new BodyIntake(1_000);
        const held = new Map<number, number>();
        const open = Array.from({ length: 8 }, (_, index) => intake.open(() => held.delete(index)));
        for (const index of open.keys()) held.set(index, 0);
        for (const { body, byteCount, isEnd } of steps) {
          if (held.has(body)) held.set(body, held.get(body)! + byteCount);
          if (isEnd) {
            held.delete(body);
            open[body]!.release();
          } else {
            open[body]!.grew(byteCount);
          }
          if (isEnd && byteCount > 0) open[body]!.grew(byteCount);
          expect(intake.totalBytes).toBe([...held.values()].reduce((sum, bytes) => sum + bytes, 0));
          expect(intake.totalBytes).toBeLessThanOrEqual(1_000);
        }
      }),
    );
  });

  it('refuses the largest when there is no room, so that small clips pass', async () => {
    const intake = new BodyIntake(10_000);
    const large = new ArrivingRequest();
    const small = new ArrivingRequest();
    const largeBody = readBody(large.request, intake, signal).catch((reason: unknown) => reason);
    const smallBody = readBody(small.request, intake, signal);
    await large.send(9_000);
    await small.send(2_000);
    await small.end();
    expect((await smallBody).byteLength).toBe(2_000);
    const refusal = await largeBody;
    expect(refusal).toBeInstanceOf(RefusedRequest);
    expect((refusal as RefusedRequest).refusal).toMatchObject({ status: 429, code: 'intake_full' });
    expect((refusal as RefusedRequest).refusal.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(intake.totalBytes).toBe(0);
  });

  it('counts what holding many tiny parts takes, too', async () => {
    const intake = new BodyIntake(10_000);
    const dripping = new ArrivingRequest();
    const body = readBody(dripping.request, intake, signal).catch((reason: unknown) => reason);
    // A hundred bytes would fit a hundred times over.
    const drip = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) await dripping.send(1);
      await dripping.end();
    };
    // Sending breaks off when the body is refused.
    await drip().catch(() => undefined);
    expect(await body).toBeInstanceOf(RefusedRequest);
  });

  it('forgets a body whose client went away', async () => {
    const intake = new BodyIntake(10_000);
    const leaving = new AbortController();
    const left = new ArrivingRequest();
    const body = readBody(left.request, intake, leaving.signal).catch((reason: unknown) => reason);
    await left.send(3_000);
    leaving.abort(new Error('gone'));
    expect(await body).toBe(leaving.signal.reason);
    expect(intake.totalBytes).toBe(0);
  });
});

describe('a refusal before the body is read', () => {
  const answer = async (request: Request, patienceMs = 60_000): Promise<Response> => {
    const app = new Hono().use(heardRefusals(patienceMs)).post('/', (c) => c.text('Busy.', 429));
    return app.fetch(request);
  };

  it('waits for a clip to arrive, so that the client hears it', async () => {
    const clip = new ArrivingRequest({ 'content-length': '3000' });
    let isAnswered = false;
    const refusal = answer(clip.request).finally(() => {
      isAnswered = true;
    });
    await clip.send(2_000);
    expect(isAnswered).toBe(false);
    await clip.send(1_000);
    await clip.end();
    expect((await refusal).status).toBe(429);
  });

  it('waits neither for a large body nor for one of unknown length', async () => {
    for (const headers of [{ 'content-length': '20000000' }, { 'content-length': 'many' }, {}]) {
      expect((await answer(new ArrivingRequest(headers).request)).status).toBe(429);
    }
  });

  it('goes out when the client stops sending', async () => {
    const stalled = new ArrivingRequest({ 'content-length': '3000' });
    const refusal = answer(stalled.request, 20);
    await stalled.send(1_000);
    expect((await refusal).status).toBe(429);
  });

  it.each([
    ['an Idempotency-Key that is none', '/v1/audio/transcriptions', { 'Idempotency-Key': 'short' }],
    ['no key', '/v1/audio/transcriptions', { Authorization: '' }],
    ['a path that is none', '/v1/nowhere', {}],
  ])('reaches a client that sends slowly: %s', async (_, path, headers) => {
    const server = await startLocalServer({ keys: ['the-key'] });
    try {
      const status = await sendSlowly(server.port, path, { Authorization: 'Bearer the-key', ...headers });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    } finally {
      await server.stop();
    }
  });
});

/** Sends a body in two halves, the second long after the refusal could have gone out; the answer's status. */
function sendSlowly(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const half = Buffer.alloc(300_000);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      port,
      path,
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': 2 * half.length },
    });
    request.on('error', reject);
    request.on('response', (response) => resolve(response.resume().statusCode));
    request.write(half, () => setTimeout(() => request.end(half), SLOW_HALF_MS));
  });
}
