import type { VoiceMetrics } from '../metric-store/voice-metrics.ts';
import { RefusedRequest } from '../openai-error.ts';
import type { ServerMetrics } from '../telemetry.ts';

/** Where Prometheus looks. */
export const METRICS_PATH = '/metrics';

/** Whom `GET /metrics` answers: this machine and holders of a key, everybody who reaches the server, or nobody. */
export const METRICS_ACCESSES = ['private', 'open', 'off'] as const;
/** One of {@link METRICS_ACCESSES}. */
export type MetricsAccess = (typeof METRICS_ACCESSES)[number];

/**
 * `GET /metrics`: the server's figures and the devices', in Prometheus' text format.
 *
 * @throws RefusedRequest 404 when nothing is counted.
 */
export async function getMetrics(
  metrics: ServerMetrics | undefined,
  voiceMetrics: VoiceMetrics | undefined,
  access: MetricsAccess,
): Promise<Response> {
  if (access === 'off') {
    throw new RefusedRequest({ status: 404, message: 'Metrics are switched off here.', code: 'metrics_off' });
  }
  if (metrics === undefined) {
    throw new RefusedRequest({
      status: 404,
      message: 'This server counts nothing. Install prom-client beside it, and start it again.',
      code: 'metrics_unavailable',
    });
  }
  const { contentType, body } = await metrics.exposition();
  return new Response(body + (voiceMetrics?.exposition() ?? ''), {
    headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' },
  });
}

/**
 * True when `/metrics` is answered without a key.
 *
 * A connection from this machine that a proxy forwards may come from anywhere.
 */
export function isMetricsOpen(
  access: MetricsAccess,
  caller: { readonly isLoopback: boolean; readonly isForwarded: boolean },
): boolean {
  return access !== 'private' || (caller.isLoopback && !caller.isForwarded);
}
