import type { PredictorPool } from '../predictor-pool.ts';

const NOT_CACHED = { 'Cache-Control': 'no-store' };

/** `GET /healthz`: the process runs and answers. */
export function getHealth(): Response {
  return Response.json({ status: 'ok' }, { headers: NOT_CACHED });
}

/** `GET /readyz`: 200 when clips are taken, 503 while the recogniser starts, cannot start, or the server stops. */
export function getReadiness(pool: PredictorPool): Response {
  if (pool.isReady) {
    const { queuedCount, runningCount } = pool.load;
    return Response.json({ status: 'ready', queued: queuedCount, running: runningCount }, { headers: NOT_CACHED });
  }
  const status = pool.failure === undefined ? 'starting' : 'failed';
  return Response.json({ status }, { status: 503, headers: { ...NOT_CACHED, 'Retry-After': '1' } });
}
