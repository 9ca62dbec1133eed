import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { PredictionClient } from '../../src/delivery/prediction-client.ts';
import type { Clip } from '../../src/delivery/predictor.ts';
import { parseRetryAfter } from '../../src/delivery/retry.ts';
import { isSpeechError } from '../../src/errors.ts';
import type { DeliverySettings } from '../../src/protocol/delivery-messages.ts';
import { settingsFor, testEnvironment } from '../connected-delivery.ts';
import { answer, answerJson, ForeignServer, type Script } from '../foreign-server.ts';
import { ManualClock } from '../manual-clock.ts';

/** 2026-01-01 00:00:00 UTC, a Thursday. */
const UNIX_START_MS = 1_767_225_600_000;
const JITTER_SHARE = 0.5;

const servers: ForeignServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Run {
  readonly server: ForeignServer;
  readonly clock: ManualClock;
  /** The text, or the code of the failure. */
  readonly outcome: Promise<string>;
  readonly sentBytes: readonly number[];
}

async function start(script: Script, overrides: Partial<DeliverySettings> = {}): Promise<Run> {
  const server = await new ForeignServer(script).listen();
  servers.push(server);
  const clock = new ManualClock(UNIX_START_MS);
  const sentBytes: number[] = [];
  const clip: Clip = {
    pcm16: new Int16Array(1_600),
    idempotencyKey: 'key-1',
    onSent: (bytes) => sentBytes.push(bytes),
  };
  const environment = testEnvironment({ clock, random: () => JITTER_SHARE });
  const client = new PredictionClient(settingsFor(server.endpoint, overrides), environment);
  const outcome = client.predict(clip, new AbortController().signal).then(
    (prediction) => prediction.text,
    (thrown: unknown) => (isSpeechError(thrown) ? thrown.code : String(thrown)),
  );
  return { server, clock, outcome, sentBytes };
}

/** Waits for the pause after an attempt (the deadline is the other wait), ends it, and tells how long it was. */
async function endPause(clock: ManualClock): Promise<number> {
  await clock.whenPending(2);
  const pauseMs = clock.pendingMs[1] ?? Number.NaN;
  clock.advance(pauseMs);
  return pauseMs;
}

describe('retrying', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('tries again after status %i', async (status) => {
    const { clock, outcome, server } = await start((exchange, index) => {
      if (index === 0) answer(exchange, status, 'text/html', '<html></html>');
      else answerJson(exchange, { text: 'tea' });
    });
    await endPause(clock);
    expect(await outcome).toBe('tea');
    expect(server.exchanges).toHaveLength(2);
  });

  it('tries again after a broken connection', async () => {
    const { clock, outcome } = await start((exchange, index) => {
      if (index === 0) exchange.response.socket?.resetAndDestroy();
      else answerJson(exchange, { text: 'tea' });
    });
    await endPause(clock);
    expect(await outcome).toBe('tea');
  });

  it.each([400, 401, 403, 404, 409, 413, 422])('does not try again after status %i', async (status) => {
    const { outcome, server } = await start((exchange) => answerJson(exchange, {}, status), { retryCount: 5 });
    await outcome;
    expect(server.exchanges).toHaveLength(1);
  });

  it('repeats the same bytes under the same key, and reports each sending', async () => {
    const { clock, outcome, server, sentBytes } = await start((exchange, index) => {
      if (index < 2) answerJson(exchange, {}, 500);
      else answerJson(exchange, { text: 'tea' });
    });
    await endPause(clock);
    await endPause(clock);
    expect(await outcome).toBe('tea');
    const [first, ...others] = server.exchanges;
    expect(others.map(({ body }) => body.equals(first?.body ?? Buffer.of()))).toEqual([true, true]);
    expect(server.exchanges.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1', 'key-1']);
    expect(sentBytes).toEqual(server.exchanges.map(({ body }) => body.length));
  });

  it('pauses for a random share of a doubling bound that ends at four seconds', async () => {
    const { clock, outcome } = await start((exchange) => answerJson(exchange, {}, 500), {
      retryCount: 6,
      deadlineMs: 60_000,
    });
    const pausesMs: number[] = [];
    for (let index = 0; index < 6; index++) pausesMs.push(await endPause(clock));
    expect(pausesMs).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000].map((boundMs) => boundMs * JITTER_SHARE));
    expect(await outcome).toBe('server');
  });

  it('tells our server how much time is left', async () => {
    const { clock, outcome, server } = await start(
      (exchange, index) => {
        if (index === 0) answerJson(exchange, {}, 500);
        else answerJson(exchange, { text: 'tea' });
      },
      { deadlineMs: 9_000 },
    );
    await endPause(clock);
    await outcome;
    expect(server.exchanges.map(({ headers }) => headers['x-deadline-ms'])).toEqual(['9000', '8875']);
  });

  it.each([
    ['2', 2_000],
    ['Thu, 01 Jan 2026 00:00:03 GMT', 3_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['soon', 0],
  ])('waits as long as the server asks: Retry-After %s', async (retryAfter, askedMs) => {
    const { clock, outcome } = await start((exchange, index) => {
      if (index > 0) return answerJson(exchange, { text: 'tea' });
      exchange.response.setHeader('Retry-After', retryAfter);
      return answerJson(exchange, {}, 429);
    });
    expect(await endPause(clock)).toBe(askedMs + 250 * JITTER_SHARE);
    expect(await outcome).toBe('tea');
  });

  it('gives up at once when the server asks for more time than there is', async () => {
    const { clock, outcome, server } = await start(
      (exchange) => {
        exchange.response.setHeader('Retry-After', '60');
        answerJson(exchange, {}, 503);
      },
      { deadlineMs: 10_000 },
    );
    expect(await outcome).toBe('busy');
    expect(server.exchanges).toHaveLength(1);
    expect(clock.now()).toBe(0);
  });

  it('ends with the last failure when the attempts are used up', async () => {
    const { clock, outcome, server } = await start(
      (exchange, index) => answerJson(exchange, {}, index === 0 ? 500 : 429),
      { retryCount: 1 },
    );
    await endPause(clock);
    expect(await outcome).toBe('busy');
    expect(server.exchanges).toHaveLength(2);
  });

  it('is over at the deadline, wherever it stands', async () => {
    const { clock, outcome, server } = await start(
      (exchange, index) => {
        if (index === 0) answerJson(exchange, {}, 500);
      },
      { deadlineMs: 1_000, retryCount: 5 },
    );
    await endPause(clock);
    await server.received(1);
    clock.advance(1_000);
    expect(await outcome).toBe('timeout');
  });
});

describe('Retry-After', () => {
  it('is read as seconds', () => {
    fc.assert(fc.property(fc.nat(), (seconds) => parseRetryAfter(`${seconds}`, 0) === seconds * 1_000));
  });

  it('is read as an HTTP date, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), fc.nat(100_000), (unixSeconds, aheadSeconds) => {
        const header = new Date((unixSeconds + aheadSeconds) * 1_000).toUTCString();
        return parseRetryAfter(header, unixSeconds * 1_000) === aheadSeconds * 1_000;
      }),
    );
  });

  it('is undefined when it is missing or cannot be read, and never negative', () => {
    expect(parseRetryAfter(null, 0)).toBeUndefined();
    for (const header of ['', '-5', '1.5', 'soon', '1e3']) expect(parseRetryAfter(header, 0)).toBeUndefined();
    fc.assert(fc.property(fc.string(), fc.nat(), (header, unixMs) => (parseRetryAfter(header, unixMs) ?? 0) >= 0));
  });
});
