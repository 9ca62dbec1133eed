import type { Ms } from '../units.ts';

/** Before the first clip: a 3 s clip takes about half as long here. */
const FIRST_GUESS_MS: Ms = 200;
/** Weight of the newest clip: the mean follows the last ten or so. */
const SMOOTHING = 0.1;

/** What a pool does at a moment. */
export interface PoolState {
  readonly threadCount: number;
  /** How long each running clip has been running. */
  readonly runningForMs: readonly Ms[];
  readonly queuedCount: number;
}

/** Learns how long clips take, and says how long one more would wait. */
export class WaitEstimate {
  #meanRunMs: Ms = FIRST_GUESS_MS;

  /** Mean time on a thread of the last clips. */
  get meanRunMs(): Ms {
    return this.#meanRunMs;
  }

  /** A clip was recognised in this time. */
  learn(runMs: Ms): void {
    this.#meanRunMs += (runMs - this.#meanRunMs) * SMOOTHING;
  }

  /** Expected time until a thread takes a clip that comes now; 0 while one is idle. */
  waitMs({ threadCount, runningForMs, queuedCount }: PoolState): Ms {
    if (threadCount > runningForMs.length) return 0;
    const leftMs = runningForMs.reduce((sum, forMs) => sum + Math.max(0, this.#meanRunMs - forMs), 0);
    return (leftMs + queuedCount * this.#meanRunMs) / Math.max(1, threadCount);
  }
}
