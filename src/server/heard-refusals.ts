import type { MiddlewareHandler } from 'hono';
import type { Ms } from '../units.ts';
import { letArrive } from './request-body.ts';

/**
 * Holds a refusal back until the clip it refuses has arrived, so that the client hears it. Goes before all other
 * middleware.
 *
 * @param patienceMs Longest wait for a client that sends slowly or stopped.
 */
export function heardRefusals(patienceMs: Ms): MiddlewareHandler {
  return async (c, next) => {
    // Middleware may put another request in its place.
    const request = c.req.raw;
    await next();
    if (c.res.status >= 400 && c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      await letArrive(request, AbortSignal.any([request.signal, AbortSignal.timeout(patienceMs)]));
    }
  };
}
