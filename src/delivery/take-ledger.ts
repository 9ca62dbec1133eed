import type { SpeechError } from '../errors.ts';
import type { Prediction } from './predictor.ts';

/** Names a take among all takes of the page's visit. */
export type TakeKey = string;

/** What became of one sending of a take. */
export type Outcome =
  | { readonly status: 'answered'; readonly prediction: Prediction }
  | { readonly status: 'failed'; readonly error: SpeechError };

/** Where a take stands; one that was released or retracted is no longer in the ledger. */
export type TakeState =
  /** Sent; whether its end stands is open. */
  | { readonly phase: 'speculative' }
  /** Its outcome is there before anyone knows whether its end stands. */
  | { readonly phase: 'early'; readonly outcome: Outcome }
  /** Its end stood; its outcome is awaited. */
  | { readonly phase: 'committed' }
  /** Its end stood and its outcome is there, but an earlier segment's is not. */
  | { readonly phase: 'held'; readonly outcome: Outcome };

/** One query's takes. */
export interface QueryLedger {
  readonly takes: ReadonlyMap<TakeKey, TakeState>;
  /** Committed takes whose outcome is not released, in the order of their commits, which is that of their segments. */
  readonly queue: readonly TakeKey[];
  /** The worklet posts no more takes of this query. */
  readonly isEnded: boolean;
}

/** Everything under way, by query. */
export interface TakeLedger {
  readonly queries: ReadonlyMap<number, QueryLedger>;
  /** Queries whose takes are ignored until the worklet ends them. */
  readonly cancelledQueryIds: ReadonlySet<number>;
}

/** Nothing under way. */
export const EMPTY_LEDGER: TakeLedger = { queries: new Map(), cancelledQueryIds: new Set() };

/** What happens to the ledger. */
export type LedgerInput =
  | { readonly type: 'take'; readonly queryId: number; readonly takeKey: TakeKey }
  | { readonly type: 'commit'; readonly queryId: number; readonly takeKey: TakeKey }
  | { readonly type: 'retract'; readonly queryId: number; readonly takeKey: TakeKey }
  | { readonly type: 'outcome'; readonly queryId: number; readonly takeKey: TakeKey; readonly outcome: Outcome }
  | { readonly type: 'query-end'; readonly queryId: number }
  | { readonly type: 'cancel'; readonly queryId: number };

/** What is to be done, in this order. */
export type LedgerEffect =
  | { readonly type: 'send'; readonly takeKey: TakeKey }
  /** The take's end stood. */
  | { readonly type: 'confirm'; readonly takeKey: TakeKey }
  /** The take's outcome goes to the page. */
  | { readonly type: 'release'; readonly takeKey: TakeKey; readonly outcome: Outcome }
  /** Nothing about the take is wanted any more. */
  | { readonly type: 'drop'; readonly takeKey: TakeKey }
  /** Every committed take of the ended query has been released. */
  | { readonly type: 'settle'; readonly queryId: number };

/** The ledger after an input, and what is to be done about it. */
export interface LedgerStep {
  readonly ledger: TakeLedger;
  readonly effects: readonly LedgerEffect[];
}

/**
 * Books one input: each committed take is released once, in order within its query, a retracted one never.
 *
 * Pure. An input that fits nothing in the ledger (late, double, of a cancelled query) changes nothing.
 */
export function stepLedger(ledger: TakeLedger, input: LedgerInput): LedgerStep {
  switch (input.type) {
    case 'take':
      return openTake(ledger, input.queryId, input.takeKey);
    case 'query-end':
      return endQuery(ledger, input.queryId);
    case 'cancel':
      return cancelQuery(ledger, input.queryId);
    default:
      return stepTake(ledger, input);
  }
}

type TakeInput = Exclude<LedgerInput, { readonly type: 'take' | 'query-end' | 'cancel' }>;

const NEW_QUERY: QueryLedger = { takes: new Map(), queue: [], isEnded: false };

function openTake(ledger: TakeLedger, queryId: number, takeKey: TakeKey): LedgerStep {
  const query = ledger.queries.get(queryId) ?? NEW_QUERY;
  if (ledger.cancelledQueryIds.has(queryId) || query.takes.has(takeKey)) return unchanged(ledger);
  const takes = new Map(query.takes).set(takeKey, { phase: 'speculative' });
  // A rebuilt audio context may go on with a query that its forerunner ended.
  return settled(ledger, queryId, { ...query, takes, isEnded: false }, [{ type: 'send', takeKey }]);
}

function endQuery(ledger: TakeLedger, queryId: number): LedgerStep {
  if (ledger.cancelledQueryIds.has(queryId)) {
    const cancelledQueryIds = new Set(ledger.cancelledQueryIds);
    cancelledQueryIds.delete(queryId);
    return { ledger: { ...ledger, cancelledQueryIds }, effects: [] };
  }
  const query = ledger.queries.get(queryId) ?? NEW_QUERY;
  if (query.isEnded) return unchanged(ledger);
  const takes = new Map(query.takes);
  const effects: LedgerEffect[] = [];
  for (const [takeKey, take] of query.takes) {
    if (take.phase !== 'speculative' && take.phase !== 'early') continue;
    takes.delete(takeKey);
    effects.push({ type: 'drop', takeKey });
  }
  if (query.queue.length === 0) effects.push({ type: 'settle', queryId });
  return settled(ledger, queryId, { ...query, takes, isEnded: true }, effects);
}

function cancelQuery(ledger: TakeLedger, queryId: number): LedgerStep {
  const query = ledger.queries.get(queryId);
  const queries = new Map(ledger.queries);
  queries.delete(queryId);
  const cancelledQueryIds = query?.isEnded ? ledger.cancelledQueryIds : new Set(ledger.cancelledQueryIds).add(queryId);
  const takeKeys = [...(query?.takes.keys() ?? [])];
  return { ledger: { queries, cancelledQueryIds }, effects: takeKeys.map((takeKey) => ({ type: 'drop', takeKey })) };
}

function stepTake(ledger: TakeLedger, input: TakeInput): LedgerStep {
  const query = ledger.queries.get(input.queryId);
  const take = query?.takes.get(input.takeKey);
  if (query === undefined || take === undefined) return unchanged(ledger);
  const { queryId, takeKey } = input;
  const put = (state: TakeState): ReadonlyMap<TakeKey, TakeState> => new Map(query.takes).set(takeKey, state);
  const isOpen = take.phase === 'speculative' || take.phase === 'early';
  switch (input.type) {
    case 'commit': {
      if (!isOpen) return unchanged(ledger);
      const state: TakeState =
        take.phase === 'early' ? { phase: 'held', outcome: take.outcome } : { phase: 'committed' };
      const queue = [...query.queue, takeKey];
      return released(ledger, queryId, { ...query, takes: put(state), queue }, [{ type: 'confirm', takeKey }]);
    }
    case 'retract': {
      if (!isOpen) return unchanged(ledger);
      const takes = new Map(query.takes);
      takes.delete(takeKey);
      return settled(ledger, queryId, { ...query, takes }, [{ type: 'drop', takeKey }]);
    }
    case 'outcome': {
      const { outcome } = input;
      if (take.phase === 'speculative') {
        return settled(ledger, queryId, { ...query, takes: put({ phase: 'early', outcome }) }, []);
      }
      if (take.phase !== 'committed') return unchanged(ledger);
      return released(ledger, queryId, { ...query, takes: put({ phase: 'held', outcome }) }, []);
    }
    default:
      return input satisfies never;
  }
}

/** Releases what stands at the head of the queue, and settles the query when that was the last. */
function released(
  ledger: TakeLedger,
  queryId: number,
  query: QueryLedger,
  effects: readonly LedgerEffect[],
): LedgerStep {
  const takes = new Map(query.takes);
  const queue = [...query.queue];
  const all = [...effects];
  for (let takeKey = queue[0]; takeKey !== undefined; takeKey = queue[0]) {
    const take = takes.get(takeKey);
    if (take?.phase !== 'held') break;
    queue.shift();
    takes.delete(takeKey);
    all.push({ type: 'release', takeKey, outcome: take.outcome });
  }
  if (query.isEnded && queue.length === 0 && query.queue.length > 0) all.push({ type: 'settle', queryId });
  return settled(ledger, queryId, { ...query, takes, queue }, all);
}

/** The ledger with the query put in its place, or left out when there is nothing more to know about it. */
function settled(
  ledger: TakeLedger,
  queryId: number,
  query: QueryLedger,
  effects: readonly LedgerEffect[],
): LedgerStep {
  const queries = new Map(ledger.queries);
  if (query.isEnded && query.takes.size === 0) queries.delete(queryId);
  else queries.set(queryId, query);
  return { ledger: { ...ledger, queries }, effects };
}

function unchanged(ledger: TakeLedger): LedgerStep {
  return { ledger, effects: [] };
}
