import { expose } from 'comlink';
import { threadEnvironment } from '../../src/delivery/environment.ts';
import { Outbox } from '../../src/delivery/outbox.ts';
import { SpeechError } from '../../src/errors.ts';
import { type FromOutboxToPage, OUTBOX_LIMITS, type SendReport } from '../../src/protocol/outbox.ts';

/** What a {@link TestTab} did, told to all on one channel. */
export interface TabNews {
  readonly visit: string;
  /** A request for this key went out. */
  readonly asked?: string;
  readonly message?: FromOutboxToPage;
}

/** How the server of a {@link TestTab} behaves. */
export type TestServer = 'down' | 'answers' | 'hangs';

const news = new BroadcastChannel('tab-news');
let outbox: Outbox | undefined;
let server: TestServer = 'down';

/** A tab's outbox in a worker of its own: real storage, real locks; only the server is played. */
const tab = {
  async open(visit: string): Promise<void> {
    const tell = (told: Omit<TabNews, 'visit'>): void => news.postMessage({ visit, ...told } satisfies TabNews);
    outbox = new Outbox({
      visit,
      environment: threadEnvironment(),
      predict: async ({ pcm16, idempotencyKey }, signal) => {
        tell({ asked: idempotencyKey });
        if (server === 'down') throw new SpeechError('unreachable', 'The server is down.');
        // Long enough for the other tab to have a try; ended with the worker, or by closing.
        await new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          if (server === 'answers') setTimeout(resolve, 5);
        });
        return { text: `take ${pcm16[0]}`, place: 'server', encodeMs: 0, predictMs: 5 };
      },
      tell: (message) => tell({ message }),
    });
    await outbox.configure({ isStored: true, limits: OUTBOX_LIMITS });
  },
  setServer(next: TestServer): void {
    server = next;
  },
  async say(queryId: number, segmentId: number, take: number, idempotencyKey: string): Promise<void> {
    const pcm16 = new Int16Array(160).fill(take);
    await outbox?.queue({ queryId, segmentId, joinedSegmentIds: [], pcm16, idempotencyKey });
  },
  async send(): Promise<SendReport | undefined> {
    return await outbox?.send();
  },
  async acknowledge(ids: readonly string[]): Promise<void> {
    await outbox?.acknowledge(ids);
  },
  close(): void {
    outbox?.close();
  },
};

/** A {@link Outbox} in a worker. */
export type TestTab = typeof tab;

expose(tab);
