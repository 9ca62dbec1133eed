import { isLoopbackName } from '../server/access.ts';
import type { AppOptions } from '../server/app.ts';
import { type TokenVerifier, tokenVerifier } from '../server/browser-tokens.ts';
import type { ServeConfig } from '../server/config.ts';
import type { IdempotencyStore } from '../server/idempotency-store.ts';
import { KeyFile } from '../server/key-file.ts';
import type { VoiceMetrics } from '../server/metric-store/voice-metrics.ts';
import { OPTIONAL_PACKAGES } from '../server/server-packages.ts';
import type { ServerLog, ServerMetrics } from '../server/telemetry.ts';
import { CliError, EXIT_CODES, oneLine, systemCode } from './cli-error.ts';

/**
 * Turns the settings into what the app works with: reads key files, and connects to the store.
 *
 * @throws CliError naming the setting at fault, or the packages that are missing.
 */
export async function appOptions(config: ServeConfig): Promise<AppOptions> {
  const tokens = await openTokens(config);
  const idempotencyStore = await openIdempotencyStore(config.idempotency);
  const metrics = await openMetrics(config);
  const log = await openLog(config);
  const voiceMetrics = await openVoiceMetrics(config);
  return {
    keys: config.key,
    ...(config.keys === undefined ? {} : { keyFile: await openKeyFile(config.keys) }),
    ...(tokens === undefined ? {} : { tokens }),
    allowedOrigins: config.allowOrigin,
    limits: { perKeyCount: config.ratePerKey, perAddressCount: config.ratePerAddress },
    trustedProxies: config.trustProxy,
    session: { automationLevel: config.automationLevel, tau: config.tau },
    ...(idempotencyStore === undefined ? {} : { idempotencyStore }),
    deadlineMs: config.deadlineMs,
    ...(metrics === undefined ? {} : { metrics }),
    metricsAccess: config.metrics,
    ...(voiceMetrics === undefined ? {} : { voiceMetrics }),
    ...(log === undefined ? {} : { log }),
    logAddresses: config.logAddresses,
    ...(config.threads === undefined ? {} : { threadCount: config.threads }),
    ...(config.queue === undefined ? {} : { queueLimit: config.queue }),
    ...(config.models === undefined ? {} : { modelsFolder: config.models }),
    ...(config.app === undefined ? {} : { appFolder: config.app }),
  };
}

async function openKeyFile(path: string): Promise<KeyFile> {
  const keyFile = new KeyFile(path);
  try {
    await keyFile.refresh();
  } catch (cause) {
    const why = systemCode(cause) === undefined ? oneLine(cause) : `cannot be read (${systemCode(cause)}).`;
    const hint = systemCode(cause) === 'ENOENT' ? ` Make it: ossicle keys add NAME --keys ${path}` : '';
    throw new CliError(`--keys: ${path}: ${why}${hint}`, EXIT_CODES.usage, { cause });
  }
  return keyFile;
}

/** Without prom-client the server runs all the same, and `/metrics` says what to install. */
async function openMetrics(config: ServeConfig): Promise<ServerMetrics | undefined> {
  if (config.metrics === 'off') return undefined;
  try {
    const { prometheusMetrics } = await import('../server/prometheus-metrics.ts');
    return prometheusMetrics();
  } catch (error) {
    if (systemCode(error) === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Without libsql the server runs all the same, unless metrics were asked for; `/v1/metrics` says what to install. */
async function openVoiceMetrics(config: ServeConfig): Promise<VoiceMetrics | undefined> {
  const { telemetry, telemetryStore } = config;
  if (telemetry === 'off') return undefined;
  const isForThisMachine = !config.https && (config.host === undefined || isLoopbackName(config.host));
  try {
    const { VoiceMetrics } = await import('../server/metric-store/voice-metrics.ts');
    const profile = telemetry ?? (isForThisMachine ? 'local' : 'production');
    return new VoiceMetrics(profile, telemetryStore ?? ':memory:', Date.now);
  } catch (error) {
    const isMissing = /ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND/.test(systemCode(error) ?? '');
    if (isMissing && telemetry === undefined && telemetryStore === undefined) return undefined;
    if (isMissing) throw packageError(error, 'Telemetry needs', OPTIONAL_PACKAGES.telemetry);
    throw new CliError(`--telemetry-store: ${telemetryStore}: ${oneLine(error)}`, EXIT_CODES.failure, { cause: error });
  }
}

/** A log that was asked for must be there; the one for faults falls back to the console. */
async function openLog(config: ServeConfig): Promise<ServerLog | undefined> {
  try {
    const { requestLog } = await import('../server/request-log.ts');
    return requestLog(config.logLevel ?? 'error');
  } catch (error) {
    if (config.logLevel === undefined && systemCode(error) === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw packageError(error, 'The log needs', OPTIONAL_PACKAGES.log);
  }
}

async function openTokens(config: ServeConfig): Promise<TokenVerifier | undefined> {
  const { tokenSecret, tokenKeys, tokenAudience } = config;
  if (tokenSecret === undefined && tokenKeys === undefined) return undefined;
  try {
    return await tokenVerifier({
      ...(tokenSecret === undefined ? {} : { secret: tokenSecret }),
      ...(tokenKeys === undefined ? {} : { publicKeys: tokenKeys }),
      audience: tokenAudience,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new CliError(`--token-keys: ${error.message}`);
    throw packageError(error, 'Browser tokens need', OPTIONAL_PACKAGES.tokens);
  }
}

/** Undefined: the app's own, in memory. */
async function openIdempotencyStore(place: string): Promise<IdempotencyStore | null | undefined> {
  if (place === 'memory') return undefined;
  if (place === 'off') return null;
  try {
    const { NatsIdempotencyStore } = await import('../server/nats-idempotency-store.ts');
    return await NatsIdempotencyStore.open({ url: place });
  } catch (error) {
    if (systemCode(error) === 'ERR_MODULE_NOT_FOUND') {
      throw packageError(error, 'A shared idempotency store needs', OPTIONAL_PACKAGES.nats);
    }
    throw new CliError(`--idempotency: ${oneLine(error)}`, EXIT_CODES.failure, { cause: error });
  }
}

/** The error of a lazy import as a line that says what to install; any other one unchanged. */
export function packageError(error: unknown, need: string, packages: string): unknown {
  if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') return error;
  return new CliError(`${need} a package that is missing. Run: npm install ${packages}`, EXIT_CODES.usage, {
    cause: error,
  });
}
