import { afterEach, describe, expect, it } from 'vitest';
import type { DeliverySettings } from '../../src/protocol/delivery-messages.ts';
import { ConnectedDelivery, type PageEnd, settingsFor, testEnvironment } from '../connected-delivery.ts';
import { type DeliveryBench, OpenedResources, openDeliveryBench } from '../delivery-bench.ts';
import { answerJson, type Exchange, readForm, type Script } from '../foreign-server.ts';
import { ManualClock } from '../manual-clock.ts';

const open = new OpenedResources();
afterEach(() => open.close());

function bench(
  script: Script,
  overrides: Partial<DeliverySettings> = {},
  environment = testEnvironment(),
): Promise<DeliveryBench> {
  return openDeliveryBench(open, script, overrides, environment);
}

const never: Script = () => undefined;
const fail: Script = (exchange) => answerJson(exchange, {}, 500);

/** Which take a request carries: the harness writes its number into every sample. */
async function takeIdOf(exchange: Exchange): Promise<number> {
  const file = (await readForm(exchange)).get('file');
  if (!(file instanceof File)) throw new Error('The form has no file.');
  return new DataView(await file.arrayBuffer()).getInt16(44, true);
}

/** Answers each request with the number of its take. */
const echo: Script = (exchange) => {
  void takeIdOf(exchange).then((takeId) => answerJson(exchange, { text: `take ${takeId}` }));
};

function summary(page: PageEnd): string[] {
  return page.messages.flatMap((message) => {
    if (message.type === 'sent' || message.type === 'interim') return [];
    if (message.type === 'query-settled') return [`${message.queryId} settled`];
    if (message.type === 'segment') return [`${message.queryId}.${message.segmentId} segment`];
    const what = message.type === 'answer' ? message.text : message.code;
    return [`${message.queryId}.${message.segmentId} ${what}`];
  });
}

describe('a take', () => {
  it('is sent before its end is certain, and its text is held until then', async () => {
    const { worklet, page, server } = await bench(echo);
    worklet.take(1, 0, 11);
    await page.until('sent');
    expect(await takeIdOf(await server.received(0))).toBe(11);
    expect(summary(page)).toEqual([]);
    worklet.commit(1, 0, 11);
    worklet.endQuery(1, 1);
    await page.until('query-settled');
    expect(summary(page)).toEqual(['1.0 segment', '1.0 take 11', '1 settled']);
  });

  it('is shown at once when its text was there before the commit', async () => {
    const clock = new ManualClock();
    const { worklet, page } = await bench(echo, {}, testEnvironment({ clock }));
    worklet.take(1, 0, 11);
    await page.until('sent');
    // By the time that a later request is answered, the first one long is.
    worklet.take(2, 0, 12);
    worklet.commit(2, 0, 12);
    await page.until('answer');
    clock.advance(180);
    worklet.commit(1, 0, 11);
    const [, answered] = await page.until('answer', 2);
    expect(answered?.timings).toMatchObject({ predictMs: 0, afterCommitMs: 0 });
  });

  it('tells where the time went', async () => {
    const clock = new ManualClock();
    const { worklet, page, server } = await bench(never, {}, testEnvironment({ clock }));
    worklet.take(1, 0, 11);
    const exchange = await server.received(0);
    clock.advance(200);
    worklet.commit(1, 0, 11);
    await page.until('segment');
    clock.advance(130);
    answerJson(exchange, { text: 'tea', confidence: 0.5 });
    const [answered] = await page.until('answer');
    expect(answered).toEqual({
      type: 'answer',
      queryId: 1,
      segmentId: 0,
      joinedSegmentIds: [],
      text: 'tea',
      confidence: 0.5,
      place: 'server',
      timings: { encodeMs: 0, predictMs: 330, afterCommitMs: 130, attemptCount: 1 },
    });
  });

  it('is cut off on the wire when it is retracted, and the longer one is answered instead', async () => {
    const { worklet, page, server } = await bench(never);
    worklet.take(1, 0, 11);
    const withdrawn = await server.received(0);
    server.script = echo;
    worklet.retract(1, 0, 11);
    expect(await withdrawn.abandoned).toBe(true);
    worklet.take(1, 0, 12);
    worklet.commit(1, 0, 12);
    worklet.endQuery(1, 1);
    await page.until('query-settled');
    expect(summary(page)).toEqual(['1.0 segment', '1.0 take 12', '1 settled']);
  });

  it('that was never committed is cut off when its query ends', async () => {
    const { worklet, page, server } = await bench(never);
    worklet.take(1, 0, 11);
    const exchange = await server.received(0);
    worklet.endQuery(1, 0, 'cancelled');
    expect(await exchange.abandoned).toBe(true);
    await page.until('query-settled');
    expect(summary(page)).toEqual(['1 settled']);
  });

  it('is reported with the bytes of its request, at every attempt', async () => {
    const { worklet, page, server } = await bench(
      (exchange, index) => {
        if (index === 0) answerJson(exchange, {}, 500);
        else echo(exchange, index);
      },
      { retryCount: 1 },
    );
    worklet.take(1, 0, 11, 16_000);
    worklet.commit(1, 0, 11);
    const [answered] = await page.until('answer');
    const bodyBytes = server.exchanges.map(({ body }) => body.length);
    expect(page.ofType('sent').map(({ sentBytes }) => sentBytes)).toEqual(bodyBytes);
    expect(bodyBytes[0]).toBeGreaterThan(32_000 + 44);
    expect(bodyBytes[0]).toBeLessThan(32_000 + 44 + 1_000);
    expect(answered?.timings.attemptCount).toBe(2);
  });

  it('goes out under one key, whenever it is sent, and no other take under the same', async () => {
    const { connected, worklet, page, server } = await bench(fail);
    worklet.take(1, 0, 11);
    worklet.commit(1, 0, 11);
    await page.until('fault');
    server.script = echo;
    await connected.delivery.sendQueued();
    worklet.take(1, 1, 12);
    worklet.commit(1, 1, 12);
    await page.until('answer');
    const [first, second, third] = server.exchanges.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f]{8}-/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

describe('the texts of a query', () => {
  it('come in the order of the segments, however the answers come', async () => {
    const { worklet, page, server } = await bench(never);
    for (const segmentId of [0, 1, 2]) {
      worklet.take(1, segmentId, segmentId);
      await server.received(segmentId);
      worklet.commit(1, segmentId, segmentId);
    }
    worklet.endQuery(1, 3);
    for (const index of [2, 1, 0]) echo(await server.received(index), index);
    await page.until('query-settled');
    expect(page.ofType('answer').map(({ text }) => text)).toEqual(['take 0', 'take 1', 'take 2']);
    expect(summary(page).at(-1)).toBe('1 settled');
  });

  it('do not wait for another query', async () => {
    const { worklet, page, server } = await bench(never);
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    worklet.endQuery(1, 1);
    await server.received(0);
    server.script = echo;
    worklet.take(2, 0, 2);
    worklet.commit(2, 0, 2);
    worklet.endQuery(2, 1);
    await page.until('query-settled');
    expect(summary(page)).toEqual(['1.0 segment', '2.0 segment', '2.0 take 2', '2 settled']);
  });

  it('leave a fault in its place when a segment fails', async () => {
    const { worklet, page, server } = await bench((exchange, index) => (index === 1 ? fail : echo)(exchange, index));
    for (const segmentId of [0, 1, 2]) {
      worklet.take(1, segmentId, segmentId);
      await server.received(segmentId);
      worklet.commit(1, segmentId, segmentId);
    }
    worklet.endQuery(1, 3);
    await page.until('query-settled');
    const outcomes = summary(page).filter((line) => !line.endsWith('segment'));
    expect(outcomes).toEqual(['1.0 take 0', '1.1 server', '1.2 take 2', '1 settled']);
  });

  it('are none when nobody spoke', async () => {
    const { worklet, page } = await bench(never);
    worklet.endQuery(4, 0, 'no-speech');
    await page.until('query-settled');
    expect(summary(page)).toEqual(['4 settled']);
  });
});

describe('a cancelled query', () => {
  it('is cut off on the wire, and nothing of it is heard again', async () => {
    const { connected, worklet, page, server } = await bench(never);
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    const exchange = await server.received(0);
    await connected.delivery.cancelQuery(1);
    expect(await exchange.abandoned).toBe(true);
    server.script = echo;
    worklet.take(1, 1, 2);
    worklet.commit(1, 1, 2);
    worklet.endQuery(1, 2, 'cancelled');
    worklet.take(2, 0, 3);
    worklet.commit(2, 0, 3);
    worklet.endQuery(2, 1);
    await page.until('query-settled');
    expect(summary(page)).toEqual(['1.0 segment', '2.0 segment', '2.0 take 3', '2 settled']);
    expect(server.exchanges).toHaveLength(2);
  });
});

describe('failed speech', () => {
  it('is answered in order when it is sent again after the server is back', async () => {
    const { connected, worklet, page, server } = await bench(echo);
    const outbox = await connected.connectOutbox();
    await server.close();
    for (const segmentId of [0, 1]) {
      worklet.take(1, segmentId, segmentId);
      worklet.commit(1, segmentId, segmentId);
    }
    worklet.endQuery(1, 2);
    await page.until('query-settled');
    expect(page.ofType('fault').map(({ code }) => code)).toEqual(['unreachable', 'unreachable']);
    await server.listen();
    expect(await connected.delivery.sendQueued()).toEqual({ answeredCount: 2, waitingCount: 0 });
    const answers = await outbox.until('queue-answer', 2);
    expect(answers.map(({ queryId, answer }) => [queryId, answer.segmentId, answer.text])).toEqual([
      [1, 0, 'take 0'],
      [1, 1, 'take 1'],
    ]);
    expect(await connected.delivery.sendQueued()).toEqual({ answeredCount: 0, waitingCount: 0 });
    expect(outbox.ofType('queue-bytes').map(({ sentBytes }) => sentBytes)).toEqual(
      server.exchanges.map(({ body }) => body.length),
    );
  });

  it('is sent with the settings of the moment', async () => {
    const { connected, worklet, page, server } = await bench((exchange, index) => {
      if (exchange.headers['authorization'] === 'Bearer good') echo(exchange, index);
      else answerJson(exchange, {}, 401);
    });
    const outbox = await connected.connectOutbox();
    worklet.take(1, 0, 5);
    worklet.commit(1, 0, 5);
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('unauthorised');
    await connected.delivery.configure(settingsFor(server.endpoint, { headers: { authorization: 'Bearer good' } }));
    expect((await connected.delivery.sendQueued()).answeredCount).toBe(1);
    const [answered] = await outbox.until('queue-answer');
    expect(answered?.answer.text).toBe('take 5');
  });

  it('is not kept when the server refused it for good', async () => {
    const { connected, worklet, page } = await bench((exchange) => answerJson(exchange, {}, 400));
    worklet.take(1, 0, 5);
    worklet.commit(1, 0, 5);
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('rejected');
    expect(await connected.delivery.sendQueued()).toEqual({ answeredCount: 0, waitingCount: 0 });
  });

  it('of a segment that a longer clip has brought is not sent again', async () => {
    const { connected, worklet, page, server } = await bench((exchange, index) => {
      (index === 0 ? fail : echo)(exchange, index);
    });
    const outbox = await connected.connectOutbox();
    worklet.take(1, 0, 1, 16_000, 0);
    worklet.commit(1, 0, 1);
    await page.until('fault');
    worklet.take(1, 1, 2, 16_000, 16_000);
    worklet.commit(1, 1, 2);
    const [answered] = await page.until('answer');
    expect(answered?.joinedSegmentIds).toEqual([0]);
    await outbox.when(() => outbox.ofType('queue').at(-1)?.queries.length === 0);
    expect((await connected.delivery.sendQueued()).answeredCount).toBe(0);
    expect(server.exchanges).toHaveLength(2);
  });

  it('of a cancelled query is not sent again', async () => {
    const { connected, worklet, page } = await bench(fail);
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    worklet.endQuery(1, 1);
    await page.until('query-settled');
    await connected.delivery.cancelQuery(1);
    expect(await connected.delivery.sendQueued()).toEqual({ answeredCount: 0, waitingCount: 0 });
  });

  it('waits with what was still on its way when the next query began, and is sent once more under its key', async () => {
    const { connected, worklet, page, server } = await bench(never);
    const outbox = await connected.connectOutbox();
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    worklet.endQuery(1, 1);
    await page.until('segment');
    const first = await server.received(0);
    server.script = echo;
    await connected.delivery.postponeQuery(1);
    expect(await first.abandoned).toBe(true);
    const [answered] = await outbox.until('queue-answer');
    expect([answered?.queryId, answered?.answer.text]).toEqual([1, 'take 1']);
    expect(page.ofType('answer')).toEqual([]);
    const keys = server.exchanges.map(({ headers }) => headers['idempotency-key']);
    expect(keys[1]).toBe(keys[0]);
  });

  it('says so when the delivery was never configured', async () => {
    const connected = new ConnectedDelivery();
    open.push(connected);
    const { worklet, page } = await connected.connect();
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('internal');
    expect(fault?.message).toContain('configure()');
  });
});

describe('a rebuilt audio context', () => {
  it('takes over, with take numbers of its own, and what the old one flushed is not lost', async () => {
    const { connected, worklet, page, server } = await bench(never);
    worklet.take(1, 0, 1);
    await server.received(0);
    worklet.commit(1, 0, 1);
    worklet.endQuery(1, 1);
    const next = await connected.connect();
    await next.page.until('segment');
    echo(await server.received(0), 0);
    await next.page.until('query-settled');
    server.script = echo;
    next.worklet.take(2, 0, 1);
    next.worklet.commit(2, 0, 1);
    next.worklet.endQuery(2, 1);
    await next.page.until('query-settled', 2);
    expect(page.messages).toEqual([]);
    expect(summary(next.page)).toEqual([
      '1.0 segment',
      '1.0 take 1',
      '1 settled',
      '2.0 segment',
      '2.0 take 1',
      '2 settled',
    ]);
  });

  it('goes on with the query, and its takes are not mixed up with those of the same number', async () => {
    const { connected, worklet, server } = await bench(never);
    worklet.take(1, 0, 1, 160);
    worklet.commit(1, 0, 1);
    await server.received(0);
    const next = await connected.connect();
    next.worklet.take(1, 1, 1, 320);
    next.worklet.commit(1, 1, 1);
    next.worklet.endQuery(1, 1);
    answerJson(await server.received(1), { text: 'second' });
    answerJson(await server.received(0), { text: 'first' });
    await next.page.until('query-settled');
    expect(next.page.ofType('answer').map(({ text }) => text)).toEqual(['first', 'second']);
  });

  it('withdraws what the old one left open, and closes the old ports', async () => {
    const { connected, worklet, server } = await bench(never);
    const oldPortClosed = new Promise((resolve) => worklet.port.addEventListener('close', resolve));
    worklet.take(1, 0, 1);
    const left = await server.received(0);
    const next = await connected.connect();
    next.worklet.endQuery(1, 0);
    expect(await left.abandoned).toBe(true);
    await oldPortClosed;
  });
});

describe('closing', () => {
  it('cuts off every request and may be repeated', async () => {
    const { connected, worklet, server } = await bench(never);
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    worklet.take(1, 1, 2);
    const exchanges = [await server.received(0), await server.received(1)];
    connected.delivery.close();
    connected.delivery.close();
    expect(await Promise.all(exchanges.map(({ abandoned }) => abandoned))).toEqual([true, true]);
    expect(await connected.delivery.sendQueued()).toEqual({ answeredCount: 0, waitingCount: 0 });
  });
});
