import { cpus } from 'node:os';
import type { Seconds } from '../../../src/units.ts';

const MS_PER_SECOND = 1_000;
const US_PER_SECOND = 1_000_000;

/** Tells how much of the machine neither the server nor the benchmark used: what else ran makes figures worse. */
export class ForeignLoad {
  readonly #startBusySeconds: Seconds = busySeconds();
  readonly #startOwnSeconds: Seconds = ownSeconds();
  readonly #startMs: number = performance.now();

  /** @param serverSeconds Processor time of the server since this object was made. @returns Cores, on average. */
  cores(serverSeconds: Seconds): number {
    const busy = busySeconds() - this.#startBusySeconds;
    const own = ownSeconds() - this.#startOwnSeconds;
    const elapsedSeconds = (performance.now() - this.#startMs) / MS_PER_SECOND;
    return Math.max(0, (busy - own - serverSeconds) / elapsedSeconds);
  }
}

/** Processor time of the whole machine. */
function busySeconds(): Seconds {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / MS_PER_SECOND;
}

function ownSeconds(): Seconds {
  const { user, system } = process.cpuUsage();
  return (user + system) / US_PER_SECOND;
}
