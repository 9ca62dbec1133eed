import type { Context, MiddlewareHandler } from 'hono';
import { accessPolicy, judgeAccess } from './access.ts';
import { type Caller, CallerDirectory, type Credentials } from './callers.ts';
import { addressSet, clientAddress, isLoopbackAddress, placeOf } from './client-address.ts';
import { errorResponse, RefusedRequest } from './openai-error.ts';
import { RateLimiter, type RateLimits } from './rate-limits.ts';
import { addCorsHeaders, preflightResponse, SECURITY_HEADERS } from './response-headers.ts';
import { isMetricsOpen, METRICS_PATH, type MetricsAccess } from './routes/metrics.ts';

/** What the server's own request handlers find in their context. */
export interface AppEnv {
  Bindings: {
    /** Address at the other end of the connection, where the host of the app told it. */
    peerAddress?: string | undefined;
  };
  Variables: {
    /** Names this call in the answer and in the log. */
    requestId: string;
    /** Set on `/v1`. */
    caller: Caller;
    /** Set on `/v1`: where the call comes from, as far as trusted proxies tell. */
    clientAddress: string | undefined;
  };
}

/** Who may call. */
export interface GateOptions extends Credentials {
  /** Sites whose pages may call, as `https://host[:port]`. */
  readonly allowedOrigins: readonly string[];
  readonly limits: RateLimits;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly metricsAccess: MetricsAccess;
}

/**
 * Stands before every route: hears whom the policy allows, finds out who calls `/v1`, counts the calls, and puts the
 * security headers on every answer.
 *
 * @throws RangeError for an origin or a network that is none.
 */
export function createGate(options: GateOptions): MiddlewareHandler<AppEnv> {
  const directory = new CallerDirectory(options);
  const policy = accessPolicy({ asksForKeys: directory.asksForKeys, allowedOrigins: options.allowedOrigins });
  const trusted = addressSet(options.trustedProxies);
  const perAddress = new RateLimiter(options.limits.perAddressCount, 'this address');
  const perKey = new RateLimiter(options.limits.perKeyCount, 'this key');

  const admit = async (c: Context<AppEnv>): Promise<void> => {
    const address = clientAddress(c.env?.peerAddress, c.req.header('x-forwarded-for'), trusted);
    c.set('clientAddress', address);
    // Before the key is looked at, so that guessing is counted, too. This machine's own programs share one address.
    if (address !== undefined && !isLoopbackAddress(address)) await perAddress.count(placeOf(address));
    const verdict = await directory.identify(c.req.header('authorization'), c.req.header('origin'));
    if (verdict.status === 'refused') throw new RefusedRequest(verdict.refusal);
    if (verdict.caller.kind !== 'open') await perKey.count(verdict.caller.id);
    c.set('caller', verdict.caller);
  };

  const isProtectedMetrics = (c: Context<AppEnv>): boolean => {
    if (c.req.path !== METRICS_PATH) return false;
    const peer = c.env?.peerAddress;
    const isForwarded = ['x-forwarded-for', 'forwarded', 'via'].some((name) => c.req.header(name) !== undefined);
    const isLoopback = peer !== undefined && isLoopbackAddress(peer);
    return !isMetricsOpen(options.metricsAccess, { isLoopback, isForwarded });
  };

  return async (c, next) => {
    const isApi = c.req.path.startsWith('/v1/') || isProtectedMetrics(c);
    const verdict = judgeAccess(
      {
        host: c.req.header('host') ?? new URL(c.req.url).host,
        origin: c.req.header('origin'),
        fetchSite: c.req.header('sec-fetch-site'),
        isApi,
      },
      policy,
    );
    const { corsOrigin } = verdict;
    if (verdict.status === 'refused') {
      c.res = errorResponse(verdict.refusal);
    } else if (corsOrigin !== undefined && c.req.method === 'OPTIONS') {
      c.res = preflightResponse(c.req.header('access-control-request-private-network') === 'true');
    } else {
      try {
        if (isApi && c.req.method !== 'OPTIONS') await admit(c);
        await next();
      } catch (thrown) {
        if (!(thrown instanceof RefusedRequest)) throw thrown;
        c.res = errorResponse(thrown.refusal);
      }
    }
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
    if (corsOrigin !== undefined) addCorsHeaders(c.res.headers, corsOrigin);
  };
}
