import { afterEach, describe, expect, it } from 'vitest';
import { ConnectedDelivery, settingsFor } from '../connected-delivery.ts';
import { answerJson, ForeignServer } from '../foreign-server.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource.close();
});

async function connected(): Promise<ConnectedDelivery> {
  let answeredCount = 0;
  const server = await new ForeignServer((exchange) => {
    answeredCount++;
    answerJson(exchange, { text: `text ${answeredCount}` });
  }).listen();
  open.push(server);
  const result = new ConnectedDelivery();
  open.push(result);
  await result.delivery.configure(settingsFor(server.endpoint, { retryCount: 0 }));
  return result;
}

describe('an audio thread that stands still after it posted a take', () => {
  it('leaves the take behind as the end of what was said', async () => {
    const delivery = await connected();
    const { worklet, page } = await delivery.connect();
    worklet.take(1, 1, 1);
    await page.until('sent');
    await delivery.delivery.endQuery(1);
    await page.until('query-settled');
    expect(page.messages.map(({ type }) => type)).toEqual(['sent', 'segment', 'answer', 'query-settled']);
  });

  it('is followed by another that goes on with the query', async () => {
    const delivery = await connected();
    const first = await delivery.connect();
    first.worklet.take(1, 1, 1);
    await first.page.until('sent');
    await delivery.delivery.commitOpenTakes(1);
    await first.page.until('answer');
    const second = await delivery.connect();
    second.worklet.take(1, 2, 1);
    second.worklet.commit(1, 2, 1);
    second.worklet.endQuery(1, 2);
    await second.page.until('query-settled');
    expect(second.page.ofType('answer').map(({ segmentId, text }) => [segmentId, text])).toEqual([[2, 'text 2']]);
    // The query was not told to be over before it was.
    expect(first.page.ofType('query-settled')).toEqual([]);
  });

  it('is heard when it comes back, though another has taken over', async () => {
    const delivery = await connected();
    const { worklet, page } = await delivery.connect();
    worklet.take(1, 1, 1);
    await page.until('sent');
    await delivery.delivery.commitOpenTakes(1);
    const { worklet: next, page: nextPage } = await delivery.connect();
    next.take(1, 3, 1);
    next.commit(1, 3, 1);
    await nextPage.until('answer');
    worklet.take(1, 2, 2);
    worklet.commit(1, 2, 2);
    await nextPage.until('answer', 2);
    next.endQuery(1, 3);
    await nextPage.until('query-settled');
    expect(nextPage.ofType('answer').map(({ segmentId }) => segmentId)).toEqual([3, 2]);
  });

  it('is heard when it comes back after its query was ended', async () => {
    const delivery = await connected();
    const { worklet, page } = await delivery.connect();
    await delivery.delivery.endQuery(1);
    await page.until('query-settled');
    worklet.take(1, 1, 1);
    worklet.commit(1, 1, 1);
    worklet.endQuery(1, 1);
    await page.until('query-settled', 2);
    expect(page.ofType('answer').map(({ segmentId }) => segmentId)).toEqual([1]);
  });

  it('is not missed when it had posted nothing', async () => {
    const delivery = await connected();
    const { page } = await delivery.connect();
    await delivery.delivery.endQuery(1);
    await page.until('query-settled');
    expect(page.messages.map(({ type }) => type)).toEqual(['query-settled']);
  });
});
