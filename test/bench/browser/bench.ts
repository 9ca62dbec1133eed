import type { Hz } from '../../../src/units.ts';
import type { Corpus } from '../front-end/corpus.ts';
import type { BenchChromium } from './chromium.ts';
import type { BenchSite } from './site.ts';
import { CONTESTANTS, type ContestantName } from './trial-page.ts';

/** How often everything is done. */
export interface Repeats {
  /** Presses of each kind. */
  readonly start: number;
  /** Presses over the slow link. */
  readonly slowLink: number;
  /** Orders that are spoken. */
  readonly orders: number;
  /** Sentences under each kind of load. */
  readonly load: number;
  /** Long listenings, and how long. */
  readonly sessions: number;
  readonly sessionSeconds: number;
  /** Presses between the looks at the heap. */
  readonly cycles: number;
  readonly frameRounds: number;
}

/** What every measurement works with. */
export interface Bench {
  readonly site: BenchSite;
  readonly chromium: BenchChromium;
  readonly corpus: Corpus;
  /** File that the microphone plays. */
  readonly microphonePath: string;
  readonly microphoneRateHz: Hz;
  readonly repeats: Repeats;
  progress(text: string): void;
}

/** Figures of both contestants. */
export type Pair<T> = Readonly<Record<ContestantName, T>>;

/** Both contestants, the order turned round from one repetition to the next. */
export function inTurn(repetition: number): readonly ContestantName[] {
  return repetition % 2 === 0 ? CONTESTANTS : CONTESTANTS.toReversed();
}

/** One value for each contestant. */
export function pairOf<T>(make: () => T): Pair<T> {
  return { ossicle: make(), 'vad-web': make() };
}
