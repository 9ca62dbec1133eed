import type { AppOptions, OssicleApp } from './app.ts';
import type { RunningServer, ServeOptions } from './serve.ts';
import { MISSING_PACKAGES } from './server-packages.ts';

const loaded = await load();

/**
 * Makes the server's request handler and starts its recognisers, to be mounted in a server of one's own.
 *
 * @throws RangeError for an option out of range.
 */
export const createApp: (options?: AppOptions) => OssicleApp = loaded.createApp;

/**
 * Starts a server of its own.
 *
 * @throws The system's error, with its `code`, when the address cannot be bound; RangeError for an option out of range.
 */
export const serve: (options: ServeOptions) => Promise<RunningServer> = loaded.serve;

export type { AppOptions, OssicleApp } from './app.ts';
export { type TokenRules, type TokenVerdict, type TokenVerifier, tokenVerifier } from './browser-tokens.ts';
export type { Certificate } from './https-certificate.ts';
export type { Claim, IdempotencyStore, Lease, NextClaim } from './idempotency-store.ts';
export { KeyFile } from './key-file.ts';
export type { RateLimits } from './rate-limits.ts';
export type { MetricsAccess } from './routes/metrics.ts';
export type { SessionRules } from './routes/session.ts';
export type { RunningServer, ServeOptions } from './serve.ts';
export type { RequestFacts, ServerLog, ServerMetrics } from './telemetry.ts';

/** The packages are optional: whoever imports this without them is to read what to install. */
async function load(): Promise<{ readonly createApp: typeof createApp; readonly serve: typeof serve }> {
  try {
    const [{ createApp }, { serve }] = await Promise.all([import('./app.ts'), import('./serve.ts')]);
    return { createApp, serve };
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw cause;
    throw new Error(`ossicle/server: ${MISSING_PACKAGES}`, { cause });
  }
}
