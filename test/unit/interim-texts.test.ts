import { afterEach, describe, expect, it } from 'vitest';
import { bookDelivery } from '../../src/pipeline/delivery-events.ts';
import { QueryTexts } from '../../src/pipeline/query-texts.ts';
import type { DeliverySettings, FromDeliveryToPage } from '../../src/protocol/delivery-messages.ts';
import type { PageEnd } from '../connected-delivery.ts';
import { type DeliveryBench, OpenedResources, openDeliveryBench } from '../delivery-bench.ts';
import { answerJson, type Exchange, readForm, type Script } from '../foreign-server.ts';

const open = new OpenedResources();
afterEach(() => open.close());

function bench(script: Script = begin, overrides: Partial<DeliverySettings> = {}): Promise<DeliveryBench> {
  return openDeliveryBench(open, script, { stream: true, ...overrides });
}

/** Begins a stream and says nothing yet. */
function begin({ response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

/** Resolves once the words are on their way. */
function say({ response }: Exchange, delta: string): Promise<void> {
  const event = `data: ${JSON.stringify({ type: 'transcript.text.delta', delta })}\n\n`;
  return new Promise((resolve) => response.write(event, () => resolve()));
}

function finish({ response }: Exchange, text: string): void {
  response.end(`data: ${JSON.stringify({ type: 'transcript.text.done', text })}\n\n`);
}

function shown(page: PageEnd): string[] {
  return page.messages.flatMap((message) => {
    if (message.type === 'interim') return [`${message.segmentId} ${message.text} …`];
    if (message.type === 'answer') return [`${message.segmentId} ${message.text}`];
    return message.type === 'fault' ? [`${message.segmentId} ${message.code}`] : [];
  });
}

describe('text that streams in', () => {
  it('is asked for, with what its confidence follows from on our own server only', async () => {
    for (const [server, fields] of [
      ['ossicle', ['true', 'logprobs']],
      ['openai-compatible', ['true', null]],
    ] as const) {
      const { worklet, server: asked } = await bench(begin, { server });
      worklet.take(1, 0, 1);
      const form = await readForm(await asked.received(0));
      expect([form.get('stream'), form.get('include[]')]).toEqual(fields);
    }
  });

  it('is shown as it comes once the segment stands, and the answer takes its place', async () => {
    const { worklet, page, server } = await bench();
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    const exchange = await server.received(0);
    await say(exchange, 'A large');
    await page.until('interim');
    await say(exchange, ' mocha');
    await page.until('interim', 2);
    finish(exchange, 'A large mocha.');
    await page.until('answer');
    expect(shown(page)).toEqual(['0 A large …', '0 A large mocha …', '0 A large mocha.']);
  });

  it('is held while the segment may still be withdrawn', async () => {
    const { worklet, page, server } = await bench();
    worklet.take(1, 0, 1);
    const exchange = await server.received(0);
    await say(exchange, 'A large');
    // A later query's text shows that this one's had the time to come.
    worklet.take(2, 0, 2);
    worklet.commit(2, 0, 2);
    await say(await server.received(1), 'tea');
    await page.until('interim');
    expect(shown(page)).toEqual(['0 tea …']);
    worklet.commit(1, 0, 1);
    await page.until('interim', 2);
    expect(shown(page)).toEqual(['0 tea …', '0 A large …']);
  });

  it('of a withdrawn segment is never shown', async () => {
    const { worklet, page, server } = await bench();
    worklet.take(1, 0, 1);
    const withdrawn = await server.received(0);
    await say(withdrawn, 'A lar');
    worklet.retract(1, 0, 1);
    expect(await withdrawn.abandoned).toBe(true);
    worklet.take(1, 0, 2);
    worklet.commit(1, 0, 2);
    worklet.endQuery(1, 1);
    const exchange = await server.received(1);
    await say(exchange, 'A large mocha');
    finish(exchange, 'A large mocha.');
    await page.until('query-settled');
    expect(shown(page)).toEqual(['0 A large mocha …', '0 A large mocha.']);
  });

  it('waits for the segments before it', async () => {
    const { worklet, page, server } = await bench();
    for (const segmentId of [0, 1]) {
      worklet.take(1, segmentId, segmentId);
      worklet.commit(1, segmentId, segmentId);
    }
    const first = await server.received(0);
    const second = await server.received(1);
    await say(second, 'and a croissant');
    await say(first, 'A large mocha');
    await page.until('interim');
    expect(shown(page)).toEqual(['0 A large mocha …']);
    finish(first, 'A large mocha.');
    await page.until('interim', 2);
    expect(shown(page).slice(1)).toEqual(['0 A large mocha.', '1 and a croissant …']);
  });

  it('of a cancelled query is never shown', async () => {
    const { connected, worklet, page, server } = await bench();
    worklet.take(1, 0, 1);
    await say(await server.received(0), 'A large');
    await connected.delivery.cancelQuery(1);
    worklet.take(2, 0, 2);
    worklet.commit(2, 0, 2);
    await say(await server.received(1), 'tea');
    await page.until('interim');
    expect(shown(page)).toEqual(['0 tea …']);
  });

  it('begins anew when a broken request is repeated', async () => {
    const { worklet, page, server } = await bench(begin, { retryCount: 1 });
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    const broken = await server.received(0);
    await say(broken, 'A lard');
    await page.until('interim');
    broken.response.socket?.resetAndDestroy();
    const exchange = await server.received(1);
    await say(exchange, 'A large');
    await page.until('interim', 2);
    finish(exchange, 'A large mocha.');
    await page.until('answer');
    expect(shown(page)).toEqual(['0 A lard …', '0 A large …', '0 A large mocha.']);
  });

  it('does not come from a server that ignores the wish, whose answer is read all the same', async () => {
    const { worklet, page } = await bench((exchange) => answerJson(exchange, { text: 'tea' }));
    worklet.take(1, 0, 1);
    worklet.commit(1, 0, 1);
    await page.until('answer');
    expect(shown(page)).toEqual(['0 tea']);
  });
});

describe('the query’s text on the page', () => {
  const interim = (segmentId: number, text: string, joinedSegmentIds: readonly number[] = []): FromDeliveryToPage => ({
    type: 'interim',
    queryId: 1,
    segmentId,
    joinedSegmentIds,
    text,
  });
  const answerOf = (segmentId: number, text: string, joinedSegmentIds: readonly number[] = []): FromDeliveryToPage => ({
    type: 'answer',
    queryId: 1,
    segmentId,
    joinedSegmentIds,
    text,
    place: 'server',
    timings: { encodeMs: 0, predictMs: 0, afterCommitMs: 0, attemptCount: 1 },
  });
  const fault: FromDeliveryToPage = { type: 'fault', queryId: 1, segmentId: 1, code: 'timeout', message: 'Too late.' };

  function told(messages: readonly FromDeliveryToPage[]): string[] {
    const query = new QueryTexts(1);
    return messages.flatMap((message) =>
      bookDelivery(message, query, new Map()).map((event) => `${event.type}: ${'text' in event ? event.text : ''}`),
    );
  }

  it('has what is recognised so far behind what is final', () => {
    expect(told([answerOf(0, 'A mocha.'), interim(1, 'And a'), answerOf(1, 'And a tea.')])).toEqual([
      'transcript: A mocha.',
      'interim: A mocha. And a',
      'transcript: A mocha. And a tea.',
    ]);
  });

  it('takes back what does not stand when the segment fails', () => {
    expect(told([answerOf(0, 'A mocha.'), interim(1, 'And a'), fault])).toEqual([
      'transcript: A mocha.',
      'interim: A mocha. And a',
      'interim: A mocha.',
      'error: ',
    ]);
    expect(told([answerOf(0, 'A mocha.'), fault])).toEqual(['transcript: A mocha.', 'error: ']);
  });

  it('does not shrink while a joined clip brings again what is there', () => {
    expect(
      told([answerOf(0, 'A large mocha'), interim(1, 'A large', [0]), interim(1, 'A large mocha and', [0])]),
    ).toEqual(['transcript: A large mocha', 'interim: A large mocha and']);
  });
});
