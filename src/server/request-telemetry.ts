import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Ms } from '../units.ts';
import type { AppEnv } from './gate.ts';
import type { RequestFacts } from './telemetry.ts';

/** Answers carry it, logs too, so that one can be found from the other. */
export const REQUEST_ID_HEADER = 'X-Request-Id';

/** What is kept of a request id that a proxy gave: enough for any in use, nothing that could forge a line. */
const REQUEST_ID_PATTERN = /^[\w.:-]{8,64}$/;
const EVERY_PATH = ['*', '/*'];

/** Whom to tell. */
export interface RequestTelemetryOptions {
  readonly ended: (facts: RequestFacts) => void;
  /** Adds the caller's address to the facts. */
  readonly withAddress: boolean;
  /** Monotonic clock. */
  readonly nowMs: () => Ms;
}

/** Gives every request an id, and tells how it ended. Goes before all other middleware. */
export function requestTelemetry(options: RequestTelemetryOptions): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startMs = options.nowMs();
    const given = c.req.header(REQUEST_ID_HEADER) ?? '';
    const requestId = REQUEST_ID_PATTERN.test(given) ? given : randomUUID();
    c.set('requestId', requestId);
    await next();
    c.res.headers.set(REQUEST_ID_HEADER, requestId);
    const address = c.get('clientAddress') ?? c.env?.peerAddress;
    options.ended({
      requestId,
      method: methodLabel(c.req.method),
      route: matchedRoutes(c).find(({ path }) => !EVERY_PATH.includes(path))?.path ?? 'page',
      status: c.res.status,
      durationMs: options.nowMs() - startMs,
      ...(options.withAddress && address !== undefined ? { address } : {}),
    });
  };
}

/** A label must not take any value that a stranger can think of. */
function methodLabel(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other';
}
