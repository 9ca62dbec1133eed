import type { Refusal } from './openai-error.ts';
import type { RefusalCode } from './refusal-codes.ts';
import { origin as readOrigin } from './setting-readers.ts';

/** Under which names and to whose pages the server answers. */
export interface AccessPolicy {
  /** False: no key is asked for, and only loopback host names are answered. */
  readonly asksForKeys: boolean;
  /** Other sites whose pages may call, as `https://host[:port]`. */
  readonly allowedOrigins: readonly string[];
}

/** What of a request decides whether it is heard at all; who calls is found out after. */
export interface AccessFacts {
  /** `Host` header. */
  readonly host: string | undefined;
  /** `Origin` header. */
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site` header: browsers say by it what they leave out of `Origin`. */
  readonly fetchSite: string | undefined;
  /** False for the page, its files and the health checks, which hold nothing to protect. */
  readonly isApi: boolean;
}

/** Whether a request is heard. */
export type AccessVerdict = (
  | { readonly status: 'allowed' }
  | { readonly status: 'refused'; readonly refusal: Refusal }
) & {
  /** The foreign site that must be named in the answer, a refusal included, so that its page can read it. */
  readonly corsOrigin?: string;
};

/**
 * Makes a policy.
 *
 * @throws RangeError for an origin that is no `http(s)://host[:port]`.
 */
export function accessPolicy(options: AccessPolicy): AccessPolicy {
  return { asksForKeys: options.asksForKeys, allowedOrigins: options.allowedOrigins.map(readOrigin) };
}

/**
 * Decides about one request; pure.
 *
 * Without keys the `Host` must be a loopback name, because a foreign site can point a name of its own at 127.0.0.1 and
 * would then be same-origin. Pages of other sites are heard only when their origin is allowed, with or without key.
 */
export function judgeAccess(facts: AccessFacts, policy: AccessPolicy): AccessVerdict {
  const hostName = hostNameOf(facts.host);
  if (hostName === undefined) return refused(400, 'The Host header is missing or malformed.', 'invalid_host');
  if (!policy.asksForKeys && !isLoopbackName(hostName)) {
    return refused(403, 'Without keys this server answers only to localhost, 127.0.0.1 and [::1].', 'host_not_allowed');
  }
  if (facts.origin === undefined) {
    // A foreign page's <img> or no-cors fetch sends no Origin. It could not read the answer; it gets none to begin with.
    const isForeign = facts.isApi && (facts.fetchSite === 'cross-site' || facts.fetchSite === 'same-site');
    return isForeign ? foreignPage() : { status: 'allowed' };
  }
  if (isSameSite(facts.origin, facts.host)) return { status: 'allowed' };
  if (!policy.allowedOrigins.includes(facts.origin)) return foreignPage();
  return { status: 'allowed', corsOrigin: facts.origin };
}

/** True for the names of this machine that no DNS server decides about. */
export function isLoopbackName(hostName: string): boolean {
  return hostName === 'localhost' || hostName === '[::1]' || hostName === '::1' || /^127(\.\d{1,3}){3}$/.test(hostName);
}

function hostNameOf(host: string | undefined): string | undefined {
  return /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}

/** Compares host and port only: behind a TLS proxy the page's scheme is not the one seen here. */
function isSameSite(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return (
    page.host !== '' &&
    URL.canParse(`${page.protocol}//${host}`) &&
    new URL(`${page.protocol}//${host}`).host === page.host
  );
}

function foreignPage(): AccessVerdict {
  return refused(403, 'Pages of this origin may not call this server. See --allow-origin.', 'origin_not_allowed');
}

function refused(status: 400 | 403, message: string, code: RefusalCode): AccessVerdict {
  return { status: 'refused', refusal: { status, message, code } };
}
