import { expose } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeliverySettings, RecogniserApi } from '../../src/protocol/delivery-messages.ts';
import { type ConnectedDelivery, testEnvironment } from '../connected-delivery.ts';
import { type DeliveryBench, OpenedResources, openDeliveryBench } from '../delivery-bench.ts';
import { answer, answerJson, type Script } from '../foreign-server.ts';
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

/** The smallest recogniser there is: it tells the length and the first sample of what it hears. */
class LengthRecogniser implements RecogniserApi {
  readonly heard: number[] = [];
  loadCount = 0;
  /** What loading waits for. */
  loaded: Promise<void> = Promise.resolve();
  /** What the answer waits for. */
  ready: () => Promise<void> = async () => undefined;

  async load(): Promise<void> {
    this.loadCount++;
    await this.loaded;
  }

  async transcribe(pcm16: Int16Array): Promise<{ readonly text: string; readonly confidence: number }> {
    this.heard.push(pcm16[0] ?? 0);
    await this.ready();
    return { text: ` ${pcm16.length} samples of ${pcm16[0]} `, confidence: 0.5 };
  }
}

async function connectRecogniser(connected: ConnectedDelivery, recogniser: RecogniserApi): Promise<void> {
  const channel = new MessageChannel();
  expose(recogniser, channel.port1);
  open.push({ close: () => channel.port1.close() });
  await connected.delivery.connectRecogniser(channel.port2);
}

/** Sends what waits; its texts and where they were recognised. */
async function textsAfterSending(connected: ConnectedDelivery): Promise<readonly string[]> {
  const outbox = await connected.connectOutbox();
  const { answeredCount } = await connected.delivery.sendQueued();
  const answers = await outbox.until('queue-answer', answeredCount);
  return answers.map(({ answer }) => `${answer.text} (${answer.place})`);
}

describe('recognition on the device', () => {
  it('loads the model, gives the text, and sends nothing', async () => {
    const { connected, worklet, page, server } = await bench(() => undefined, { predict: 'device' });
    const recogniser = new LengthRecogniser();
    await connectRecogniser(connected, recogniser);
    worklet.take(1, 0, 7, 800);
    worklet.commit(1, 0, 7);
    const [answered] = await page.until('answer');
    expect(answered).toMatchObject({ text: '800 samples of 7', confidence: 0.5, place: 'device' });
    expect(answered?.timings.attemptCount).toBe(0);
    expect(recogniser.loadCount).toBe(1);
    expect(page.ofType('sent')).toEqual([]);
    expect(server.exchanges).toEqual([]);
  });

  it('fails with a clear word when no recogniser is connected, and works once one is', async () => {
    const { connected, worklet, page } = await bench(() => undefined, { predict: 'device' });
    worklet.take(1, 0, 7, 800);
    worklet.commit(1, 0, 7);
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('recogniser');
    expect(fault?.message).toContain('not connected');
    await connectRecogniser(connected, new LengthRecogniser());
    expect(await textsAfterSending(connected)).toEqual(['800 samples of 7 (device)']);
  });

  it('tells why the recogniser failed, and gives it the whole clip again', async () => {
    const { connected, worklet, page } = await bench(() => undefined, { predict: 'device' });
    const recogniser = new LengthRecogniser();
    recogniser.ready = () => Promise.reject(new RangeError('out of memory'));
    await connectRecogniser(connected, recogniser);
    worklet.take(1, 0, 7, 800);
    worklet.commit(1, 0, 7);
    const [fault] = await page.until('fault');
    expect([fault?.code, fault?.message]).toEqual(['recogniser', 'The on-device recogniser failed: out of memory']);
    recogniser.ready = () => Promise.resolve();
    expect(await textsAfterSending(connected)).toEqual(['800 samples of 7 (device)']);
  });

  it('never recognises a take that is retracted while another is recognised', async () => {
    const { connected, worklet, page } = await bench(() => undefined, { predict: 'device' });
    const recogniser = new LengthRecogniser();
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    recogniser.ready = () => promise;
    await connectRecogniser(connected, recogniser);
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    worklet.take(1, 1, 2);
    worklet.retract(1, 1, 2);
    worklet.take(1, 1, 3);
    worklet.commit(1, 1, 3);
    await page.until('segment', 2);
    resolve();
    await page.until('answer', 2);
    expect(recogniser.heard).toEqual([1, 3]);
  });

  it('times out while the model is still loading', async () => {
    const clock = new ManualClock();
    const { connected, worklet, page } = await bench(
      () => undefined,
      { predict: 'device', deadlineMs: 5_000 },
      testEnvironment({ clock }),
    );
    const recogniser = new LengthRecogniser();
    recogniser.loaded = new Promise(() => undefined);
    await connectRecogniser(connected, recogniser);
    worklet.take(1, 0, 7);
    worklet.commit(1, 0, 7);
    await page.until('segment');
    clock.advance(5_000);
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('timeout');
    expect(fault?.message).toContain('within 5 s');
    expect(recogniser.heard).toEqual([]);
  });

  it('fails what is under way when another recogniser takes over', async () => {
    const { connected, worklet, page } = await bench(() => undefined, { predict: 'device' });
    const stuck = new LengthRecogniser();
    stuck.ready = () => new Promise(() => undefined);
    await connectRecogniser(connected, stuck);
    worklet.take(1, 0, 7);
    worklet.commit(1, 0, 7);
    await page.until('segment');
    await connectRecogniser(connected, new LengthRecogniser());
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('recogniser');
    expect(await textsAfterSending(connected)).toEqual(['1600 samples of 7 (device)']);
  });
});

describe('recognition on the server, then on the device', () => {
  it('uses the server while it answers', async () => {
    const { connected, worklet, page } = await bench((exchange) => answerJson(exchange, { text: 'tea' }), {
      predict: 'server-then-device',
    });
    const recogniser = new LengthRecogniser();
    await connectRecogniser(connected, recogniser);
    worklet.take(1, 0, 7);
    worklet.commit(1, 0, 7);
    const [answered] = await page.until('answer');
    expect([answered?.text, answered?.place]).toEqual(['tea', 'server']);
    expect(recogniser.loadCount).toBe(0);
  });

  it.each<[string, Script]>([
    ['fails', (exchange) => answerJson(exchange, {}, 500)],
    ['is busy', (exchange) => answerJson(exchange, {}, 429)],
    ['answers with HTML', (exchange) => answer(exchange, 200, 'text/html', '<html></html>')],
    ['runs out of time', (exchange) => answerJson(exchange, {}, 504)],
    ['cannot be reached', ({ response }) => response.socket?.resetAndDestroy()],
  ])('turns to the device when the server %s', async (_name, script) => {
    const { connected, worklet, page } = await bench(script, { predict: 'server-then-device' });
    await connectRecogniser(connected, new LengthRecogniser());
    worklet.take(1, 0, 7, 800);
    worklet.commit(1, 0, 7);
    const [answered] = await page.until('answer');
    expect([answered?.text, answered?.place]).toEqual(['800 samples of 7', 'device']);
    expect(answered?.timings.attemptCount).toBe(1);
  });

  it('turns to the device when the page is offline', async () => {
    const environment = testEnvironment({ isOnline: () => false });
    const { connected, worklet, page, server } = await bench(
      () => undefined,
      { predict: 'server-then-device' },
      environment,
    );
    await server.close();
    await connectRecogniser(connected, new LengthRecogniser());
    worklet.take(1, 0, 7, 800);
    worklet.commit(1, 0, 7);
    const [answered] = await page.until('answer');
    expect(answered?.place).toBe('device');
  });

  it.each([401, 400])('shows a refusal with status %i instead of hiding it', async (status) => {
    const { connected, worklet, page } = await bench((exchange) => answerJson(exchange, {}, status), {
      predict: 'server-then-device',
    });
    const recogniser = new LengthRecogniser();
    await connectRecogniser(connected, recogniser);
    worklet.take(1, 0, 7);
    worklet.commit(1, 0, 7);
    await page.until('fault');
    expect(recogniser.loadCount).toBe(0);
  });

  it('tells the server’s failure when there is no recogniser', async () => {
    const { worklet, page } = await bench((exchange) => answerJson(exchange, {}, 500), {
      predict: 'server-then-device',
    });
    worklet.take(1, 0, 7);
    worklet.commit(1, 0, 7);
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('server');
  });

  it('tells both failures when the recogniser fails too', async () => {
    const { connected, worklet, page } = await bench((exchange) => answerJson(exchange, {}, 500), {
      predict: 'server-then-device',
    });
    const recogniser = new LengthRecogniser();
    recogniser.ready = () => Promise.reject(new RangeError('out of memory'));
    await connectRecogniser(connected, recogniser);
    worklet.take(1, 0, 7);
    worklet.commit(1, 0, 7);
    const [fault] = await page.until('fault');
    expect(fault?.code).toBe('server');
    expect(fault?.message).toMatch(/status 500.*out of memory/);
  });
});
