import { BroadcastChannel } from 'node:worker_threads';
import { QueryTexts } from '../../src/pipeline/query-texts.ts';
import { ConnectedDelivery, settingsFor, testEnvironment } from '../connected-delivery.ts';
import { type Fault, FaultProxy } from '../fault-proxy.ts';
import { startLocalServer } from '../local-server.ts';
import { seededRandom } from '../signals.ts';

/** How a run through the {@link FaultProxy} is made. */
export interface FaultRunOptions {
  readonly segmentCount: number;
  readonly seed: number;
  /** Share of the requests that meet a fault. */
  readonly faultShare: number;
  readonly progress?: (answeredCount: number) => void;
}

/** What came of a run. */
export interface FaultRun {
  /** How often the application was given the text of each segment, by take. */
  readonly answerCounts: ReadonlyMap<number, number>;
  /** Segments whose text was that of another one. */
  readonly wrongTexts: readonly string[];
  /** Queries whose text, as the page puts it together, is not that of their segments in order. */
  readonly wrongQueries: readonly number[];
  /** True when live answers came in order within their query, and queued ones in the order of queueing. */
  readonly isInOrder: boolean;
  /** Segments that had to wait in the queue. */
  readonly queuedCount: number;
  readonly droppedCount: number;
  readonly requestCount: number;
  readonly faultCounts: ReadonlyMap<Fault, number>;
  /** How often each take was recognised: more than once where a server forgot what it had answered. */
  readonly recognitionCounts: ReadonlyMap<number, number>;
  readonly elapsedMs: number;
}

/** Queries at a time: one is being said while the last ones are still on their way. */
const QUERIES_AT_ONCE = 4;
const LONGEST_QUERY = 6;
const DEADLINE_MS = 2_000;

interface SpokenQuery {
  readonly queryId: number;
  readonly takes: readonly number[];
}

function count<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Queries of one to six segments, numbered on over all. */
function spokenQueries(segmentCount: number, random: () => number): readonly SpokenQuery[] {
  const queries: SpokenQuery[] = [];
  for (let take = 0; take < segmentCount; ) {
    const length = Math.min(segmentCount - take, 1 + Math.floor(random() * LONGEST_QUERY));
    const first = take;
    queries.push({ queryId: queries.length + 1, takes: Array.from({ length }, (_, index) => first + index) });
    take += length;
  }
  return queries;
}

/**
 * Sends segments by the real delivery to the real server through a proxy that harms a share of the requests.
 *
 * What fails waits in the real outbox and is sent again until nothing waits. Only the recogniser is a stand-in, which
 * tells by its text which take it heard.
 */
export async function runThroughFaults(options: FaultRunOptions): Promise<FaultRun> {
  const startedAt = performance.now();
  const random = seededRandom(options.seed);
  const recognitionCounts = new Map<number, number>();
  const recognitions = new BroadcastChannel('recognitions');
  // Node's types leave out what the event carries.
  recognitions.onmessage = (event: unknown) => count(recognitionCounts, (event as { readonly data: number }).data);
  const server = await startLocalServer({ workerUrl: new URL('../stand-in-predict-worker.mjs', import.meta.url) });
  const proxy = await FaultProxy.open(server.origin, { seed: options.seed, share: options.faultShare });
  const connected = new ConnectedDelivery(testEnvironment({ random }));
  try {
    const endpoint = `${proxy.origin}/v1/audio/transcriptions`;
    await connected.delivery.configure(settingsFor(endpoint, { model: 'moonshine-tiny-en', deadlineMs: DEADLINE_MS }));
    const outbox = await connected.connectOutbox();
    const { worklet, page } = await connected.connect();
    const queries = spokenQueries(options.segmentCount, random);
    const waiting = [...queries];
    const speak = async (): Promise<void> => {
      for (let query = waiting.shift(); query !== undefined; query = waiting.shift()) {
        const { queryId, takes } = query;
        for (const [index, take] of takes.entries()) {
          worklet.take(queryId, index + 1, take, 320);
          worklet.commit(queryId, index + 1, take);
        }
        worklet.endQuery(queryId, takes.length);
        await page.when(() => page.ofType('query-settled').some((settled) => settled.queryId === queryId));
        await connected.delivery.sendQueued();
        options.progress?.(page.ofType('answer').length + outbox.ofType('queue-answer').length);
      }
    };
    await Promise.all(Array.from({ length: QUERIES_AT_ONCE }, speak));
    while ((await connected.delivery.sendQueued()).waitingCount > 0);
    const endedCount = (): number =>
      page.ofType('answer').length +
      page.ofType('fault').filter(({ code }) => code === 'rejected').length +
      outbox.ofType('queue-answer').length +
      outbox.ofType('queue-dropped').length;
    const isComplete = (): boolean => endedCount() >= options.segmentCount;
    await Promise.race([page.when(isComplete), outbox.when(isComplete)]);
    const queuedAnswers = outbox.ofType('queue-answer');
    await connected.delivery.acknowledgeAnswers(queuedAnswers.map(({ answer }) => answer.id));
    // The page of a next visit: it must be told of nothing that this one has.
    const next = await connected.connectOutbox();
    await next.until('queue');
    const queued = [...queuedAnswers, ...next.ofType('queue-answer')].map(({ queryId, answer }) => {
      return { queryId: queryId ?? Number.NaN, segmentId: answer.segmentId, text: answer.text };
    });
    const live = page.ofType('answer');
    const positions = queuedAnswers.map(({ answer }) => answer.position);
    return {
      ...judge(queries, [...live, ...queued]),
      isInOrder: isAscending(positions) && queries.every(({ queryId }) => isAscending(segmentsOf(live, queryId))),
      queuedCount: outbox.ofType('queued').length,
      droppedCount: outbox.ofType('queue-dropped').length,
      requestCount: proxy.requestCount,
      faultCounts: proxy.faultCounts,
      recognitionCounts,
      elapsedMs: performance.now() - startedAt,
    };
  } finally {
    connected.close();
    await proxy.close();
    await server.stop();
    recognitions.close();
  }
}

interface GivenText {
  readonly queryId: number;
  readonly segmentId: number;
  readonly text: string;
}

function judge(
  queries: readonly SpokenQuery[],
  given: readonly GivenText[],
): Pick<FaultRun, 'answerCounts' | 'wrongTexts' | 'wrongQueries'> {
  const answerCounts = new Map<number, number>();
  const wrongTexts: string[] = [];
  const wrongQueries: number[] = [];
  const spoken = new Map(queries.map((query) => [query.queryId, query]));
  for (const { queryId, segmentId, text } of given) {
    const take = spoken.get(queryId)?.takes[segmentId - 1] ?? Number.NaN;
    count(answerCounts, take);
    if (text !== `take ${take}`) wrongTexts.push(`${text} for take ${take}`);
  }
  for (const { queryId, takes } of queries) {
    const texts = new QueryTexts(queryId);
    for (const { queryId: of, segmentId, text } of given) if (of === queryId) texts.answer(segmentId, text, []);
    if (texts.text !== takes.map((take) => `take ${take}`).join(' ')) wrongQueries.push(queryId);
  }
  return { answerCounts, wrongTexts, wrongQueries };
}

function segmentsOf(live: readonly GivenText[], queryId: number): readonly number[] {
  return live.flatMap((answer) => (answer.queryId === queryId ? [answer.segmentId] : []));
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((value, index) => index === 0 || value > numbers[index - 1]!);
}
