import { expose, proxy, wrap } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { PredictionClient } from '../../src/delivery/prediction-client.ts';
import { TokenSource } from '../../src/delivery/token-source.ts';
import { isSpeechError } from '../../src/errors.ts';
import type { DeliveryApi, GetToken } from '../../src/protocol/delivery-messages.ts';
import { ConnectedDelivery, settingsFor, testEnvironment } from '../connected-delivery.ts';
import { answerJson, ForeignServer, type Script } from '../foreign-server.ts';
import { ManualClock } from '../manual-clock.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource.close();
});

async function serverWith(script: Script): Promise<ForeignServer> {
  const server = await new ForeignServer(script).listen();
  open.push(server);
  return server;
}

/** Admits one token. */
function admitting(token: string): Script {
  return (exchange) => {
    if (exchange.headers['authorization'] === `Bearer ${token}`) answerJson(exchange, { text: 'tea' });
    else answerJson(exchange, {}, 401);
  };
}

function asker(server: ForeignServer, getToken: GetToken, clock = new ManualClock()): () => Promise<string> {
  const client = new PredictionClient(
    settingsFor(server.endpoint, { deadlineMs: 5_000, retryCount: 0, headers: { authorization: 'Bearer old' } }),
    testEnvironment({ clock }),
    { tokens: new TokenSource(getToken) },
  );
  return async () => {
    const clip = { pcm16: new Int16Array(160), idempotencyKey: 'key', onSent: () => undefined };
    try {
      return (await client.predict(clip, new AbortController().signal)).text;
    } catch (thrown) {
      return isSpeechError(thrown) ? `${thrown.code}: ${thrown.message}` : String(thrown);
    }
  };
}

describe('a token of the page', () => {
  it('is asked for once, when the first clip goes out, however many follow', async () => {
    const server = await serverWith(admitting('token-1'));
    let askedCount = 0;
    const ask = asker(server, () => `token-${++askedCount}`);
    expect(askedCount).toBe(0);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['tea', 'tea', 'tea']);
    expect(await ask()).toBe('tea');
    expect([askedCount, server.exchanges.length]).toEqual([1, 4]);
  });

  it('is asked for once more when the server refuses it, and the clip is sent again under the same key', async () => {
    const server = await serverWith(admitting('token-2'));
    let askedCount = 0;
    const ask = asker(server, async () => `token-${++askedCount}`);
    expect(await ask()).toBe('tea');
    expect([askedCount, server.exchanges.length]).toEqual([2, 2]);
    const [first, second] = server.exchanges;
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(second?.body.equals(first?.body ?? Buffer.of())).toBe(true);
    expect(await ask()).toBe('tea');
    expect(askedCount).toBe(2);
  });

  it('is not asked for a third time', async () => {
    const server = await serverWith(admitting('none'));
    let askedCount = 0;
    const ask = asker(server, () => `token-${++askedCount}`);
    expect(await ask()).toMatch(/^unauthorised: .*status 401/);
    expect([askedCount, server.exchanges.length]).toEqual([2, 2]);
  });

  it('is renewed once for clips that were refused together', async () => {
    const server = await serverWith(admitting('token-2'));
    let askedCount = 0;
    const ask = asker(server, () => `token-${++askedCount}`);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['tea', 'tea', 'tea']);
    expect(askedCount).toBe(2);
  });

  it.each<[string, GetToken, RegExp]>([
    ['rejects', () => Promise.reject(new Error('signed out')), /^unauthorised: getToken\(\) failed.*: signed out\.$/],
    [
      'throws',
      () => {
        throw new Error('signed out');
      },
      /^unauthorised: getToken\(\) failed.*: signed out\.$/,
    ],
    ['gives nothing', () => '', /^unauthorised: getToken\(\) failed.*no token/],
    ['gives a line break', () => 'a\r\nx-evil: 1', /^unauthorised: getToken\(\) failed.*no token/],
  ])('that the page cannot give is a typed error, and nothing is sent: it %s', async (_name, getToken, said) => {
    const server = await serverWith(admitting('token'));
    expect(await asker(server, getToken)()).toMatch(said);
    expect(server.exchanges).toEqual([]);
  });

  it('is asked for again after the page could not give one', async () => {
    const server = await serverWith(admitting('token'));
    let isSignedIn = false;
    const ask = asker(server, async () => {
      if (!isSignedIn) throw new Error('signed out');
      return 'token';
    });
    expect(await ask()).toMatch(/^unauthorised/);
    isSignedIn = true;
    expect(await ask()).toBe('tea');
  });

  it('that never comes is a timeout at the deadline, and is asked for anew by the next clip', async () => {
    const server = await serverWith(admitting('token'));
    const clock = new ManualClock();
    let askedCount = 0;
    const getToken: GetToken = () => (++askedCount === 1 ? new Promise<string>(() => undefined) : 'token');
    const ask = asker(server, getToken, clock);
    const outcome = ask();
    await clock.whenPending(1);
    clock.advance(5_000);
    expect(await outcome).toBe('timeout: getToken() gave no token within 5 s, so the speech was not sent.');
    expect(server.exchanges).toEqual([]);
    expect(await ask()).toBe('tea');
    expect(askedCount).toBe(2);
  });

  it('comes from the page’s own thread, through a port, and outlives a change of settings', async () => {
    const server = await serverWith(admitting('token-1'));
    const connected = new ConnectedDelivery(testEnvironment());
    open.push(connected);
    const { port1, port2 } = new MessageChannel();
    expose(connected.delivery, port1);
    open.push({ close: () => port1.close() }, { close: () => port2.close() });
    const api = wrap<DeliveryApi>(port2);
    let askedCount = 0;
    const settings = settingsFor(server.endpoint, { retryCount: 0 });
    await api.configure(
      settings,
      proxy(() => `token-${++askedCount}`),
    );
    const { worklet, page } = await connected.connect();
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    await page.until('answer');
    await api.configure({ ...settings, predict: 'server-then-device' });
    worklet.take(1, 1, 2);
    worklet.commit(1, 1, 2);
    await page.until('answer', 2);
    expect([askedCount, page.ofType('fault').length]).toEqual([1, 0]);
  });
});
