import type { Db, Ms, Seconds } from '../units.ts';
import type { Followup, LENGTH_BINS, Outcome, SNR_BINS } from './metric-table.ts';
import type { Recorder } from './recorder.ts';
import { areSimilar } from './similar-texts.ts';

/** Until when another action follows from a voice search. */
const FOLLOWUP_MS: Ms = 30_000;
/** After this long without an action a search was abandoned. */
const ABANDONED_MS: Ms = 60_000;

/** A voice query that is over. */
export interface SpokenSearch {
  /** What was recognised; stays here, to be compared with the next one. */
  readonly text: string;
  /** The microphone, the network or the recogniser failed. */
  readonly isFailed: boolean;
  /** Of the longest segment; undefined when nothing was heard. */
  readonly snrDb: Db | undefined;
  /** Of all segments together. */
  readonly lengthSeconds: Seconds;
}

interface OpenSearch extends SpokenSearch {
  readonly sinceMs: Ms;
  isDecided: boolean;
  readonly actions: Set<Followup>;
}

/**
 * Counts what becomes of voice searches, from what people do.
 *
 * Each search has one outcome: `error` when something failed and there is no text; `null` when nothing was heard or
 * found; `result` when something was done about it within 60 s (a click, another query, typing); `abandoned` otherwise.
 * What follows is counted at most once for a search: `redo`, a similar voice query within 30 s; `switch_to_typing`,
 * typing within 30 s without a click before; `click`, within 60 s.
 */
export class SearchOutcomes {
  readonly #recorder: Recorder;
  #open: OpenSearch | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** When {@link SearchOutcomes.pass} has to be called at the latest, in the caller's time; undefined: not at all. */
  get dueMs(): Ms | undefined {
    return this.#open === undefined || this.#open.isDecided ? undefined : this.#open.sinceMs + ABANDONED_MS;
  }

  /** A voice query ended. One that was cancelled is no search. */
  ended(search: SpokenSearch, nowMs: Ms): void {
    this.pass(nowMs);
    const before = this.#open;
    if (before !== undefined && this.#isWithin(FOLLOWUP_MS, nowMs) && areSimilar(before.text, search.text)) {
      this.#follow(before, 'redo');
    }
    if (before !== undefined) this.#decide(before, 'result');
    const open: OpenSearch = { ...search, sinceMs: nowMs, isDecided: false, actions: new Set() };
    this.#open = open;
    if (search.text === '') this.#decide(open, search.isFailed ? 'error' : 'null');
  }

  /** The site found so many results for the last voice query. */
  found(count: number, nowMs: Ms): void {
    this.pass(nowMs);
    if (count === 0 && this.#open !== undefined) this.#decide(this.#open, 'null');
  }

  /** A result was chosen. */
  clicked(nowMs: Ms): void {
    this.pass(nowMs);
    const open = this.#open;
    if (open === undefined || !this.#isWithin(ABANDONED_MS, nowMs)) return;
    this.#follow(open, 'click');
    this.#decide(open, 'result');
  }

  /** Somebody typed into the field. */
  typed(nowMs: Ms): void {
    this.pass(nowMs);
    const open = this.#open;
    if (open === undefined || open.actions.has('click') || !this.#isWithin(FOLLOWUP_MS, nowMs)) return;
    this.#follow(open, 'switch_to_typing');
    this.#decide(open, 'result');
  }

  /** Time passed. */
  pass(nowMs: Ms): void {
    const { dueMs } = this;
    if (this.#open !== undefined && dueMs !== undefined && nowMs >= dueMs) this.#decide(this.#open, 'abandoned');
  }

  /** The page goes: nothing more can follow. */
  left(): void {
    if (this.#open !== undefined) this.#decide(this.#open, 'abandoned');
    this.#open = undefined;
  }

  #isWithin(ms: Ms, nowMs: Ms): boolean {
    return this.#open !== undefined && nowMs - this.#open.sinceMs < ms;
  }

  #follow(open: OpenSearch, action: Followup): void {
    if (open.actions.has(action)) return;
    open.actions.add(action);
    this.#recorder.count('voice.search.followups', [action]);
  }

  #decide(open: OpenSearch, outcome: Outcome): void {
    if (open.isDecided) return;
    open.isDecided = true;
    this.#recorder.count('voice.search.requests', [outcome]);
    this.#recorder.count('voice.search.input_outcomes', [outcome, snrBin(open.snrDb), lengthBin(open.lengthSeconds)]);
  }
}

/** The bin of a signal-to-noise ratio; that of -Infinity is the lowest, of Infinity the highest. */
export function snrBin(snrDb: Db | undefined): (typeof SNR_BINS)[number] {
  if (snrDb === undefined || Number.isNaN(snrDb)) return 'none';
  if (snrDb < 0) return '<0';
  if (snrDb >= 30) return '>=30';
  const lower = Math.floor(snrDb / 5) * 5;
  return `${lower}-${lower + 5}` as (typeof SNR_BINS)[number];
}

/** The bin of a length. */
export function lengthBin(lengthSeconds: Seconds): (typeof LENGTH_BINS)[number] {
  if (!(lengthSeconds > 0)) return 'none';
  if (lengthSeconds < 1) return '<1';
  if (lengthSeconds < 2) return '1-2';
  if (lengthSeconds < 4) return '2-4';
  return lengthSeconds < 8 ? '4-8' : '>=8';
}
