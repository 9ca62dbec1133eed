import { setTimeout } from 'node:timers/promises';
import type { Ms, Seconds } from '../../../src/units.ts';

/** What the server says of itself at a moment. */
export interface ServerReading {
  /** Since the watch began. */
  readonly atMs: Ms;
  readonly residentMb: number;
  /** Sockets, timers and ports that are open. */
  readonly handleCount: number;
  /** Processor time of its whole life. */
  readonly cpuSeconds: Seconds;
}

const INTERVAL_MS: Ms = 1_000;
/** For connections that were just closed to be gone. */
const SETTLE_MS: Ms = 2_000;
const BYTES_PER_MB = 1024 * 1024;

/** Reads the server's own metrics once a second. */
export class ServerWatch {
  readonly readings: ServerReading[] = [];
  readonly #origin: string;
  readonly #startMs: Ms = performance.now();
  readonly #timer: NodeJS.Timeout;
  #failedCount = 0;

  constructor(origin: string) {
    this.#origin = origin;
    this.#timer = setInterval(() => {
      this.read().catch(() => {
        this.#failedCount++;
      });
    }, INTERVAL_MS);
  }

  /** Times that the server could not be asked. */
  get failedCount(): number {
    return this.#failedCount;
  }

  /** Asks now. @throws Error when the server does not answer. */
  async read(): Promise<ServerReading> {
    const text = await (await fetch(`${this.#origin}/metrics`)).text();
    const value = (name: string): number => Number(new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(text)?.[1]);
    const reading = {
      atMs: performance.now() - this.#startMs,
      residentMb: value('process_resident_memory_bytes') / BYTES_PER_MB,
      handleCount: value('nodejs_active_resources_total'),
      cpuSeconds: value('process_cpu_seconds_total'),
    };
    this.readings.push(reading);
    return reading;
  }

  /** Asks when the server has had time to let go of what was just closed. */
  async settled(): Promise<ServerReading> {
    await setTimeout(SETTLE_MS);
    return await this.read();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/**
 * Slope of the line through points that has the least sum of squares, per minute.
 *
 * @param points Pairs of milliseconds and values, two or more.
 */
export function slopePerMinute(points: readonly (readonly [atMs: Ms, value: number])[]): number {
  const meanMs = points.reduce((sum, [atMs]) => sum + atMs, 0) / points.length;
  const meanValue = points.reduce((sum, [, value]) => sum + value, 0) / points.length;
  let covariance = 0;
  let variance = 0;
  for (const [atMs, value] of points) {
    covariance += (atMs - meanMs) * (value - meanValue);
    variance += (atMs - meanMs) ** 2;
  }
  return (covariance / variance) * 60_000;
}
