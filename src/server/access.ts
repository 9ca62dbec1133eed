import { createHash, timingSafeEqual } from 'node:crypto';
import type { Refusal } from './openai-error.ts';

/** Who may call the API. */
export interface AccessPolicy {
  /** SHA-256 of each accepted bearer key; none: no key is asked for, and only loopback host names are answered. */
  readonly keyDigests: readonly Uint8Array[];
  /** Other sites whose pages may call, as `https://host[:port]`. */
  readonly allowedOrigins: readonly string[];
}

/** What of a request decides about access. */
export interface AccessFacts {
  /** `Host` header. */
  readonly host: string | undefined;
  /** `Origin` header. */
  readonly origin: string | undefined;
  /** `Authorization` header. */
  readonly authorization: string | undefined;
  /** False for the page, its files and the health checks, which hold nothing to protect. */
  readonly needsKey: boolean;
}

/** Whether a request is answered. */
export type AccessVerdict = (
  | { readonly status: 'allowed' }
  | { readonly status: 'refused'; readonly refusal: Refusal }
) & {
  /** The foreign site that must be named in the answer, a refusal included, so that its page can read it. */
  readonly corsOrigin?: string;
};

/**
 * Makes a policy; keys are kept as digests only.
 *
 * @throws RangeError for an empty key or an origin that is no `http(s)://host[:port]`.
 */
export function accessPolicy(options: {
  readonly keys: readonly string[];
  readonly allowedOrigins: readonly string[];
}): AccessPolicy {
  for (const key of options.keys) {
    // Header values are visible ASCII; another key could never be sent.
    if (!/^[\x21-\x7e]+$/.test(key)) throw new RangeError('A key must be one or more visible ASCII characters.');
  }
  return {
    keyDigests: options.keys.map(digest),
    allowedOrigins: options.allowedOrigins.map(normalOrigin),
  };
}

/**
 * Decides about one request; pure.
 *
 * Without keys the `Host` must be a loopback name, because a foreign site can point a name of its own at 127.0.0.1 and
 * would then be same-origin. Pages of other sites are answered only when their origin is allowed, with or without key.
 */
export function judgeAccess(facts: AccessFacts, policy: AccessPolicy): AccessVerdict {
  const hostName = hostNameOf(facts.host);
  if (hostName === undefined) return refused(400, 'The Host header is missing or malformed.', 'invalid_host');
  if (policy.keyDigests.length === 0 && !isLoopbackName(hostName)) {
    return refused(403, 'Without keys this server answers only to localhost, 127.0.0.1 and [::1].', 'host_not_allowed');
  }
  let corsOrigin: string | undefined;
  if (facts.origin !== undefined && !isSameSite(facts.origin, facts.host)) {
    if (!policy.allowedOrigins.includes(facts.origin)) {
      return refused(403, 'Pages of this origin may not call this server. See --allow-origin.', 'origin_not_allowed');
    }
    corsOrigin = facts.origin;
  }
  const isKeyMissing = facts.needsKey && policy.keyDigests.length > 0 && !holdsKey(facts.authorization, policy);
  const verdict: AccessVerdict = isKeyMissing
    ? refused(401, 'Send a valid key as "Authorization: Bearer KEY".', 'invalid_api_key')
    : { status: 'allowed' };
  return corsOrigin === undefined ? verdict : { ...verdict, corsOrigin };
}

/** True for the names of this machine that no DNS server decides about. */
export function isLoopbackName(hostName: string): boolean {
  return hostName === 'localhost' || hostName === '[::1]' || hostName === '::1' || /^127(\.\d{1,3}){3}$/.test(hostName);
}

function holdsKey(authorization: string | undefined, policy: AccessPolicy): boolean {
  const key = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) return false;
  const sent = digest(key);
  // Every digest is compared, so that time tells nothing about which one fits.
  return policy.keyDigests.reduce((found, known) => timingSafeEqual(sent, known) || found, false);
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

function normalOrigin(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new RangeError(`An allowed origin looks like https://example.com, got ${JSON.stringify(origin)}.`);
  }
  return url.origin;
}

function digest(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

function refused(status: 400 | 401 | 403, message: string, code: string): AccessVerdict {
  return { status: 'refused', refusal: { status, message, code } };
}
