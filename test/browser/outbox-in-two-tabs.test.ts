import { type Remote, wrap } from 'comlink';
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OUTBOX_DATABASE } from '../../src/delivery/outbox-schema.ts';
import type { FromOutboxToPage } from '../../src/protocol/outbox.ts';
import type { TabNews, TestTab } from './outbox-worker.ts';

const workers: Worker[] = [];
const watchers = new Set<() => void>();
let news: TabNews[];
let channel: BroadcastChannel;

beforeEach(() => {
  news = [];
  channel = new BroadcastChannel('tab-news');
  channel.onmessage = (event: MessageEvent<TabNews>) => {
    news.push(event.data);
    for (const watcher of watchers) watcher();
  };
});
afterEach(async () => {
  for (const worker of workers.splice(0)) worker.terminate();
  channel.close();
  await deleteDB(OUTBOX_DATABASE);
});

async function openTab(visit: string): Promise<{ readonly tab: Remote<TestTab>; readonly worker: Worker }> {
  const worker = new Worker(new URL('./outbox-worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  const tab = wrap<TestTab>(worker);
  await tab.open(visit);
  return { tab, worker };
}

function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watcher = (): void => {
      if (!isSo()) return;
      watchers.delete(watcher);
      resolve();
    };
    watchers.add(watcher);
    watcher();
  });
}

function messagesOf<T extends FromOutboxToPage['type']>(
  visit: string,
  type: T,
): readonly Extract<FromOutboxToPage, { readonly type: T }>[] {
  return news
    .filter((each) => each.visit === visit)
    .flatMap(({ message }) => (message?.type === type ? [message as Extract<FromOutboxToPage, { type: T }>] : []));
}

function textsOf(visit: string): readonly string[] {
  return messagesOf(visit, 'queue-answer').map(({ answer }) => answer.text);
}

function askedBy(visit: string): readonly string[] {
  return news.flatMap((each) => (each.visit === visit && each.asked !== undefined ? [each.asked] : []));
}

describe('two tabs with one outbox on the device', () => {
  it('send each segment once between them, in order, and answer it on the tab on which it was said', async () => {
    const { tab: one } = await openTab('one');
    const { tab: two } = await openTab('two');
    for (let take = 1; take <= 10; take++) {
      await (take % 2 === 1 ? one : two).say(1, take, take, `key-${String(take).padStart(2, '0')}`);
    }
    news.length = 0;
    for (const tab of [one, two]) await tab.setServer('answers');
    const [first, second] = await Promise.all([one.send(), two.send()]);
    expect((first?.answeredCount ?? 0) + (second?.answeredCount ?? 0)).toBe(10);
    await until(() => textsOf('one').length + textsOf('two').length === 10);
    expect(textsOf('one')).toEqual([1, 3, 5, 7, 9].map((take) => `take ${take}`));
    expect(textsOf('two')).toEqual([2, 4, 6, 8, 10].map((take) => `take ${take}`));
    const asked = news.flatMap((each) => (each.asked === undefined ? [] : [each.asked]));
    expect(asked).toEqual(asked.toSorted());
    expect(new Set(asked).size).toBe(10);
  });

  it('tell each other what waits', async () => {
    const { tab: one } = await openTab('one');
    await openTab('two');
    await one.say(7, 1, 1, 'key');
    await until(() => messagesOf('two', 'queue').at(-1)?.queries.length === 1);
    expect(messagesOf('two', 'queue').at(-1)?.queries[0]).toMatchObject({ queryKey: 'one/7', segmentCount: 1 });
    expect(messagesOf('two', 'queue').at(-1)?.queries[0]?.queryId).toBeUndefined();
  });

  it('take over from a tab that dies in the middle of sending, under the same keys', async () => {
    const { tab: one, worker } = await openTab('one');
    const { tab: two } = await openTab('two');
    for (const take of [1, 2, 3]) await one.say(1, take, take, `key-${take}`);
    news.length = 0;
    await one.setServer('hangs');
    await two.setServer('answers');
    void one.send();
    await until(() => askedBy('one').includes('key-1'));
    const sent = two.send();
    worker.terminate();
    expect(await sent).toEqual({ answeredCount: 3, waitingCount: 0 });
    // The dead tab's texts come to the one that lives.
    await until(() => textsOf('two').length === 3);
    expect(textsOf('two')).toEqual(['take 1', 'take 2', 'take 3']);
    expect(askedBy('two')).toEqual(['key-1', 'key-2', 'key-3']);
  });

  it('leave answers that no tab acknowledged to the next visit, once', async () => {
    const { tab: one, worker } = await openTab('one');
    await one.say(1, 1, 1, 'key-1');
    await one.say(1, 2, 2, 'key-2');
    await one.setServer('answers');
    await one.send();
    await until(() => textsOf('one').length === 2);
    await one.acknowledge(['key-1']);
    worker.terminate();
    const { tab: two } = await openTab('two');
    await until(() => textsOf('two').length === 1);
    expect(textsOf('two')).toEqual(['take 2']);
    await two.acknowledge(['key-2']);
    await openTab('three');
    expect([textsOf('two'), textsOf('three')]).toEqual([['take 2'], []]);
  });
});
