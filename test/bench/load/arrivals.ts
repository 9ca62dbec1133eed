import { setTimeout } from 'node:timers/promises';
import type { Ms, Seconds } from '../../../src/units.ts';
import type { Outcome } from './poster.ts';

/** Sends request number `index`, which was due at `dueAtMs`. */
export type Send = (index: number, dueAtMs: Ms) => Promise<Outcome>;

/** When requests come. */
export interface Schedule {
  readonly perSecond: number;
  readonly seconds: Seconds;
  /** Uniform numbers in [0, 1): requests come at random, as from many people. Without it, at even distances. */
  readonly random?: () => number;
}

/**
 * Open loop: sends when a request is due, whatever became of those before it, as people do.
 *
 * Random arrivals are a Poisson process: distances between them are exponential. @returns In the order of sending.
 */
export async function openLoop(schedule: Schedule, send: Send): Promise<readonly Outcome[]> {
  const startMs = performance.now();
  const outcomes: Promise<Outcome>[] = [];
  for (let index = 0, dueMs = 0; ; index++) {
    const meanGapMs = 1_000 / schedule.perSecond;
    dueMs += schedule.random === undefined ? meanGapMs : -Math.log(1 - schedule.random()) * meanGapMs;
    if (dueMs >= schedule.seconds * 1_000) return await Promise.all(outcomes);
    const leftMs = startMs + dueMs - performance.now();
    // A timer may be a millisecond early or late: its lateness is part of the latency, its earliness is waited out.
    if (leftMs > 0) await setTimeout(Math.ceil(leftMs));
    outcomes.push(send(index, startMs + dueMs));
  }
}

/** Closed loop: each of `inFlightCount` senders waits for its answer before it sends again. */
export async function closedLoop(
  inFlightCount: number,
  seconds: Seconds,
  send: Send,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly seconds: Seconds }> {
  const startMs = performance.now();
  const outcomes: Outcome[] = [];
  let next = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() - startMs < seconds * 1_000) outcomes.push(await send(next++, performance.now()));
  };
  await Promise.all(Array.from({ length: inFlightCount }, sender));
  return { outcomes, seconds: (performance.now() - startMs) / 1_000 };
}
