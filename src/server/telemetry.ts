import type { Ms } from '../units.ts';
import type { PoolObserver } from './predictor-pool.ts';

/** From nothing to everything. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
/** One of {@link LOG_LEVELS}. Requests are told at `info`, refusals at `warn`, faults of the server at `error`. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is told about an answered request: nothing of its body, query, key or text. */
export interface RequestFacts {
  /** As in the answer's `X-Request-Id`. */
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern, as `/v1/models/:id`; `page` for the page's files. */
  readonly route: string;
  readonly status: number;
  /** From the request's first byte to the answer's head; a stream goes on after it. */
  readonly durationMs: Ms;
  /** Address of the caller; only where logging it is switched on. */
  readonly address?: string;
}

/** What the pool does at the moment, read when somebody looks. */
export interface PoolReading {
  readonly load: { readonly queuedCount: number; readonly runningCount: number };
  readonly expectedWaitMs: Ms;
  readonly readyThreadCount: number;
}

/** Counts what the server does. */
export interface ServerMetrics extends PoolObserver {
  requestEnded(facts: RequestFacts): void;
  /** Whose state the gauges show; called once. */
  watch(pool: PoolReading): void;
  /** All figures as text for a scraper. */
  exposition(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Writes down what the server does. */
export interface ServerLog {
  requestEnded(facts: RequestFacts): void;
  /** The server is at fault. */
  failed(requestId: string, error: unknown): void;
}
