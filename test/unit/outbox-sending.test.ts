import { afterEach, describe, expect, it } from 'vitest';
import { MemoryOutboxStore } from '../../src/delivery/memory-outbox-store.ts';
import { Outbox, RESEND_BASE_MS, RESEND_LIMIT_MS } from '../../src/delivery/outbox.ts';
import { type OutboxLocks, threadLocks } from '../../src/delivery/outbox-locks.ts';
import type { OutboxStore } from '../../src/delivery/outbox-store.ts';
import type { Clip, Prediction } from '../../src/delivery/predictor.ts';
import type { OpenStoredOutbox, StoredOutboxEvents } from '../../src/delivery/stored-outbox.ts';
import { SpeechError } from '../../src/errors.ts';
import { type FromOutboxToPage, OUTBOX_LIMITS, type OutboxLimits } from '../../src/protocol/outbox.ts';
import { testEnvironment } from '../connected-delivery.ts';
import { ManualClock } from '../manual-clock.ts';

/** The browser's storage as several pages of one site see it; it can refuse, be full, or go away. */
class Site {
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly disk = new MemoryOutboxStore();
  trouble: 'none' | 'refuses' | 'full' | 'fails' = 'none';
  readonly #locks: OutboxLocks = threadLocks();
  readonly #pages = new Set<StoredOutboxEvents>();

  readonly open: OpenStoredOutbox = async (events) => {
    if (this.trouble === 'refuses') throw new DOMException('no storage', 'SecurityError');
    this.#pages.add(events);
    const store: OutboxStore = {
      transact: async (step) => {
        if (this.trouble === 'fails') throw new DOMException('gone', 'InvalidStateError');
        return await this.disk.transact((contents) => {
          const decided = step(contents);
          if (this.trouble === 'full' && decided.add) throw new DOMException('no room', 'QuotaExceededError');
          return decided;
        });
      },
      readWav: (id) => this.disk.readWav(id),
      close: () => undefined,
    };
    return {
      store,
      locks: this.#locks,
      tellOthers: () => {
        for (const page of this.#pages) if (page !== events) page.onChanged();
      },
      close: () => void this.#pages.delete(events),
    };
  };

  /** What the browser does when a newer version of the site wants the database. */
  takeAway(): void {
    for (const page of [...this.#pages]) page.onLost();
  }
}

/** A page with an outbox, and a server that fails or answers each clip with its first sample. */
class Page {
  readonly messages: FromOutboxToPage[] = [];
  readonly asked: string[] = [];
  readonly outbox: Outbox;
  failure: SpeechError | undefined = new SpeechError('offline', 'The device is offline.');
  online: () => void = () => undefined;
  #keyCount = 0;
  readonly #visit: string;

  constructor(site: Site, visit: string) {
    this.#visit = visit;
    this.outbox = new Outbox({
      visit,
      environment: testEnvironment({
        clock: site.clock,
        openStored: site.open,
        whenOnline: (call) => {
          this.online = call;
        },
      }),
      predict: (clip) => this.predict(clip),
      tell: (message) => this.messages.push(message),
    });
    open.push(this.outbox);
  }

  predict = async (clip: Clip): Promise<Prediction> => {
    clip.onSent(clip.pcm16.length * 2);
    this.asked.push(clip.idempotencyKey);
    if (this.failure !== undefined) throw this.failure;
    return { text: `take ${clip.pcm16[0]}`, place: 'server', encodeMs: 1, predictMs: 2 };
  };

  store(limits: OutboxLimits = OUTBOX_LIMITS): Promise<void> {
    return this.outbox.configure({ isStored: true, limits });
  }

  async say(take: number, queryId = 1, sampleCount = 160): Promise<void> {
    this.#keyCount++;
    await this.outbox.queue({
      ...{ queryId, segmentId: take, joinedSegmentIds: [], idempotencyKey: `${this.#visit}-${this.#keyCount}` },
      pcm16: new Int16Array(sampleCount).fill(take),
    });
  }

  ofType<T extends FromOutboxToPage['type']>(type: T): Extract<FromOutboxToPage, { readonly type: T }>[] {
    return this.messages.filter((message): message is Extract<FromOutboxToPage, { readonly type: T }> => {
      return message.type === type;
    });
  }

  get texts(): string[] {
    return this.ofType('queue-answer').map(({ answer }) => answer.text);
  }

  get waitingCount(): number {
    const { queries = [] } = this.ofType('queue').at(-1) ?? {};
    return queries.reduce((sum, { segmentCount }) => sum + segmentCount, 0);
  }
}

const open: Outbox[] = [];
afterEach(() => {
  for (const outbox of open.splice(0)) outbox.close();
});

/** Lets everything run that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('speech that waits in memory', () => {
  it('is sent in order when it is asked for, and not before', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    for (const take of [1, 2, 3]) await page.say(take, take);
    expect(page.ofType('queued').map(({ queryId, isStored }) => [queryId, isStored])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    page.failure = undefined;
    page.online();
    await settled();
    expect(page.asked).toEqual([]);
    expect(await page.outbox.send()).toEqual({ answeredCount: 3, waitingCount: 0 });
    expect(page.texts).toEqual(['take 1', 'take 2', 'take 3']);
    expect(page.waitingCount).toBe(0);
    expect(site.clock.pendingMs).toEqual([]);
  });

  it('goes no further than the first failure, which it tells', async () => {
    const page = new Page(new Site(), 'a');
    await page.say(1);
    await page.say(2);
    expect(await page.outbox.send()).toEqual({
      answeredCount: 0,
      waitingCount: 2,
      failure: { code: 'offline', message: 'The device is offline.' },
    });
    expect(page.asked).toEqual(['a-1']);
  });

  it('keeps its key over all repeats', async () => {
    const page = new Page(new Site(), 'a');
    await page.say(1);
    await page.outbox.send();
    await page.outbox.send();
    page.failure = undefined;
    await page.outbox.send();
    expect(page.asked).toEqual(['a-1', 'a-1', 'a-1']);
  });

  it('moves to the device when its owner wants that, and back', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    await page.say(1);
    await page.store();
    expect((await site.disk.transact((contents) => ({ result: contents.segments }))).length).toBe(1);
    expect(page.ofType('queue').at(-1)?.isStored).toBe(true);
    await page.outbox.configure({ isStored: false, limits: OUTBOX_LIMITS });
    expect((await site.disk.transact((contents) => ({ result: contents.segments }))).length).toBe(0);
    expect(page.ofType('queue').at(-1)?.isStored).toBe(false);
    expect(page.waitingCount).toBe(1);
    await settled();
    page.failure = undefined;
    await page.outbox.send();
    expect(page.texts).toEqual(['take 1']);
  });

  it('leaves nothing on the device when its owner wants that no more, not even a text that no page came for', async () => {
    const site = new Site();
    const before = new Page(site, 'a');
    before.failure = undefined;
    await before.store();
    await before.say(1);
    await before.outbox.send();
    before.failure = new SpeechError('offline', 'off');
    await before.say(2);
    before.outbox.close();
    const page = new Page(site, 'b');
    await page.store();
    // It tries at once, and fails.
    await settled();
    await page.outbox.configure({ isStored: false, limits: OUTBOX_LIMITS });
    expect(await site.disk.transact((contents) => ({ result: contents }))).toEqual({
      ...{ segments: [], answers: [], damagedCount: 0 },
    });
    page.failure = undefined;
    await page.outbox.send();
    expect(page.texts).toEqual(['take 1', 'take 2']);
  });

  it('is refused for good by the server once, and does not hold up what comes after', async () => {
    const page = new Page(new Site(), 'a');
    await page.say(1);
    await page.say(2);
    const { predict } = page;
    page.failure = undefined;
    page.predict = async (clip) => {
      if (clip.pcm16[0] === 1) throw new SpeechError('rejected', 'no');
      return await predict(clip);
    };
    expect(await page.outbox.send()).toEqual({ answeredCount: 1, waitingCount: 0 });
    expect(page.ofType('queue-dropped')).toEqual([
      { type: 'queue-dropped', reason: 'refused', queryKey: 'a/1', segmentId: 1, queryId: 1 },
    ]);
  });
});

describe('speech that waits on the device', () => {
  it('is sent after ever longer pauses, at once when the network is back, and then no more', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    await page.store();
    await page.say(1);
    const pauses: number[] = [];
    for (let repeat = 0; repeat < 10; repeat++) {
      await site.clock.whenPending(1);
      const [pauseMs = 0] = site.clock.pendingMs;
      pauses.push(pauseMs);
      site.clock.advance(pauseMs);
      await settled();
    }
    // The environment's dice always show 0: each pause is half of the longest possible.
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8].map((factor) => (factor * RESEND_BASE_MS) / 2));
    expect(pauses.at(-1)).toBe(RESEND_LIMIT_MS / 2);
    page.failure = undefined;
    page.online();
    await settled();
    expect(page.texts).toEqual(['take 1']);
    expect(site.clock.pendingMs).toEqual([]);
  });

  it('is sent at the start of the next visit, in order, with what that one adds', async () => {
    const site = new Site();
    const before = new Page(site, 'a');
    await before.store();
    await before.say(1);
    await before.say(2, 2);
    before.outbox.close();
    const page = new Page(site, 'b');
    page.failure = undefined;
    await page.store();
    await settled();
    expect(page.asked).toEqual(['a-1', 'a-2']);
    expect(page.ofType('queue-answer').map(({ queryId, answer }) => [queryId, answer.queryKey, answer.text])).toEqual([
      [undefined, 'a/1', 'take 1'],
      [undefined, 'a/2', 'take 2'],
    ]);
  });

  it('is told again to the next visit while its answer is not acknowledged, and never again after that', async () => {
    const site = new Site();
    const first = new Page(site, 'a');
    first.failure = undefined;
    await first.store();
    await first.say(1);
    await first.say(2);
    await first.outbox.send();
    expect(first.texts).toEqual(['take 1', 'take 2']);
    await first.outbox.acknowledge(['a-1']);
    first.outbox.close();
    const second = new Page(site, 'b');
    await second.store();
    expect(second.texts).toEqual(['take 2']);
    await second.outbox.acknowledge(['a-2']);
    second.outbox.close();
    const third = new Page(site, 'c');
    await third.store();
    expect(third.texts).toEqual([]);
    expect(third.asked).toEqual([]);
  });

  it('is sent by one page at a time, and answered on the page on which it was said', async () => {
    const site = new Site();
    const one = new Page(site, 'a');
    const two = new Page(site, 'b');
    await one.store();
    await two.store();
    await one.say(1);
    await two.say(2);
    await one.say(3);
    one.failure = undefined;
    two.failure = undefined;
    await Promise.all([two.outbox.send(), one.outbox.send()]);
    await settled();
    expect([...one.asked, ...two.asked].toSorted()).toEqual(['a-1', 'a-2', 'b-1']);
    expect(one.texts).toEqual(['take 1', 'take 3']);
    expect(two.texts).toEqual(['take 2']);
  });

  it('is deleted by query or altogether, and is then neither sent nor answered', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    await page.store();
    for (const take of [1, 2, 3]) await page.say(take, take);
    await page.outbox.delete('a/2');
    expect(
      page
        .ofType('queue')
        .at(-1)
        ?.queries.map(({ queryId }) => queryId),
    ).toEqual([1, 3]);
    await page.outbox.forget(3);
    page.failure = undefined;
    await page.outbox.send();
    expect(page.texts).toEqual(['take 1']);
    await page.say(4);
    await page.outbox.delete();
    expect(page.waitingCount).toBe(0);
  });
});

describe('storage', () => {
  it('that refuses is told of once, and speech waits in memory', async () => {
    const site = new Site();
    site.trouble = 'refuses';
    const page = new Page(site, 'a');
    await page.store();
    await page.say(1);
    await page.say(2);
    expect(page.ofType('queue-memory').map(({ problem }) => problem)).toEqual(['refused']);
    expect(page.ofType('queue-memory')[0]?.message).toContain('SecurityError');
    expect(page.ofType('queued').map(({ isStored }) => isStored)).toEqual([false, false]);
    page.failure = undefined;
    await page.outbox.send();
    expect(page.texts).toEqual(['take 1', 'take 2']);
  });

  it('that is full keeps what it has, what comes waits in memory behind it, and it is used again later', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    await page.store();
    await page.say(1);
    site.trouble = 'full';
    await page.say(2);
    site.trouble = 'none';
    await page.say(3);
    expect(page.ofType('queued').map(({ isStored }) => isStored)).toEqual([true, false, false]);
    expect(page.ofType('queue-memory').map(({ problem }) => problem)).toEqual(['full']);
    page.failure = undefined;
    await page.outbox.send();
    expect(page.texts).toEqual(['take 1', 'take 2', 'take 3']);
    page.failure = new SpeechError('offline', 'off');
    await page.say(4);
    expect(page.ofType('queued').at(-1)?.isStored).toBe(true);
  });

  it('that goes away is told of, and is opened again with the next segment', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    await page.store();
    await page.say(1);
    site.takeAway();
    site.trouble = 'refuses';
    await page.say(2);
    expect(page.ofType('queued').map(({ isStored }) => isStored)).toEqual([true, false]);
    site.trouble = 'none';
    await page.say(3);
    expect(page.ofType('queue-memory').map(({ problem }) => problem)).toEqual(['lost', 'refused']);
    expect(page.ofType('queued').at(-1)?.isStored).toBe(true);
    page.failure = undefined;
    await page.outbox.send();
    expect(page.texts).toEqual(['take 1', 'take 2', 'take 3']);
  });

  it('that fails in the middle of sending loses nothing that was said since', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    await page.store();
    await page.say(1);
    site.trouble = 'fails';
    await page.say(2);
    page.failure = undefined;
    await page.outbox.send();
    expect(page.texts).toEqual(['take 2']);
    site.trouble = 'none';
    await page.store();
    await settled();
    expect(page.texts).toEqual(['take 2', 'take 1']);
  });

  it('that holds something unreadable drops it, says so, and sends the rest', async () => {
    const site = new Site();
    const page = new Page(site, 'a');
    await page.store();
    await page.say(1);
    await page.say(2);
    await site.disk.transact(({ segments }) => ({
      add: { segment: segments[0]!, wav: new Uint8Array([1, 2, 3]) },
      result: undefined,
    }));
    page.failure = undefined;
    expect(await page.outbox.send()).toEqual({ answeredCount: 1, waitingCount: 0 });
    expect(page.ofType('queue-dropped').map(({ reason, segmentId }) => [reason, segmentId])).toEqual([['damaged', 1]]);
  });

  it('is bounded: the oldest is let go and said so', async () => {
    const page = new Page(new Site(), 'a');
    await page.store({ bytes: 1_000, ageMs: 1_000_000 });
    await page.say(1, 1, 200);
    await page.say(2, 1, 200);
    await page.say(3, 1, 200);
    expect(page.ofType('queue-dropped')).toEqual([
      { type: 'queue-dropped', reason: 'bytes', queryKey: 'a/1', segmentId: 1, queryId: 1 },
    ]);
  });
});
