import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyIntake } from '../../src/server/body-intake.ts';
import { RefusedRequest } from '../../src/server/openai-error.ts';
import { admit, readBody } from '../../src/server/request-body.ts';

const { signal } = new AbortController();

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

describe('a check before the body is read', () => {
  const refuse = (): never => {
    throw new RefusedRequest({ status: 429, message: 'Busy.', code: 'queue_full' });
  };

  it('lets a clip arrive before it refuses it, so that the client hears the refusal', async () => {
    const clip = new ArrivingRequest({ 'content-length': '3000' });
    let isRefused = false;
    const admission = admit(clip.request, signal, refuse).catch((reason: unknown) => {
      isRefused = true;
      return reason;
    });
    await clip.send(2_000);
    expect(isRefused).toBe(false);
    await clip.send(1_000);
    await clip.end();
    expect(await admission).toBeInstanceOf(RefusedRequest);
  });

  it('waits neither for a large body nor for one of unknown length', async () => {
    for (const headers of [{ 'content-length': '20000000' }, {}]) {
      const large = new ArrivingRequest(headers);
      await expect(admit(large.request, signal, refuse)).rejects.toBeInstanceOf(RefusedRequest);
    }
  });

  it('gives up a clip whose client stops sending when the deadline has passed', async () => {
    const deadline = new AbortController();
    const stalled = new ArrivingRequest({ 'content-length': '3000' });
    const admission = admit(stalled.request, deadline.signal, refuse).catch((reason: unknown) => reason);
    await stalled.send(1_000);
    deadline.abort(new Error('too late'));
    expect(await admission).toBe(deadline.signal.reason);
  });
});
