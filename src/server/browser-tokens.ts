import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CryptoKey, JWK, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Seconds } from '../units.ts';
import type { Refusal } from './openai-error.ts';
import type { RefusalCode } from './refusal-codes.ts';

/** Least length of a shared secret. Source: RFC 7518, section 3.2: as long as the hash, 256 bits. */
export const SECRET_LEAST_BYTES = 32;
/** Longest time between a token's issue and its expiry: a stolen one must soon be worth nothing. */
export const TOKEN_LONGEST_SECONDS: Seconds = 3600;
/** How far the site's clock may differ from ours. */
const CLOCK_TOLERANCE_SECONDS: Seconds = 30;
const PUBLIC_KEY_ALGORITHMS: readonly string[] = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'RS256', 'PS256'];

/** Which browser tokens are taken. */
export interface TokenRules {
  /** Shared with the site; {@link SECRET_LEAST_BYTES} or more. */
  readonly secret?: string;
  /** The site's public key: path of a PEM, JWK or JWKS file, or the https URL of a JWKS. */
  readonly publicKeys?: string;
  /** What a token must name as `aud`. */
  readonly audience: string;
}

/** What a token says about its bearer, or why it is not taken. */
export type TokenVerdict =
  | { readonly status: 'valid'; readonly subject: string | undefined }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** Checks browser tokens. */
export interface TokenVerifier {
  /** @param origin The request's `Origin` header, which must be the token's `origin` claim where it has one. */
  verify(token: string, origin: string | undefined): Promise<TokenVerdict>;
}

/** True for what looks like a signed JSON Web Token: three parts in base64url. */
export function isTokenShaped(credential: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credential);
}

/**
 * Makes a verifier.
 *
 * Shared secret and public keys never mix: HS256 is checked with the secret only, everything else with public keys only.
 *
 * @throws RangeError for a secret too short, or keys that cannot be read; a missing package `jose` as the system tells it.
 */
export async function tokenVerifier(rules: TokenRules): Promise<TokenVerifier> {
  const jose = await import('jose');
  const secret = rules.secret === undefined ? undefined : new TextEncoder().encode(rules.secret);
  if (secret !== undefined && secret.length < SECRET_LEAST_BYTES) {
    throw new RangeError(`A token secret must have ${SECRET_LEAST_BYTES} bytes or more, got ${secret.length}.`);
  }
  const publicKeys = rules.publicKeys === undefined ? undefined : await publicKeySet(rules.publicKeys);
  const algorithms = [
    ...(secret === undefined ? [] : ['HS256']),
    ...(publicKeys === undefined ? [] : PUBLIC_KEY_ALGORITHMS),
  ];
  const findKey: JWTVerifyGetKey = async (header, token) => {
    const key = header.alg === 'HS256' ? secret : await publicKeys?.(header, token);
    if (key === undefined) throw new jose.errors.JWKSNoMatchingKey();
    return key;
  };
  return {
    verify: async (token, origin) => {
      try {
        const { payload } = await jose.jwtVerify(token, findKey, {
          algorithms,
          audience: rules.audience,
          requiredClaims: ['exp', 'iat'],
          maxTokenAge: TOKEN_LONGEST_SECONDS,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
        });
        return judgeClaims(payload, origin);
      } catch (error) {
        return { status: 'refused', refusal: refusalOf(error, rules.audience) };
      }
    },
  };
}

/** What a site puts into a token. */
export interface TokenClaims {
  readonly audience: string;
  /** The site's origin; other sites' pages cannot use the token then. */
  readonly origin?: string;
  /** Whom the limits count for: a random name for one visitor. */
  readonly subject?: string;
  readonly lifetimeSeconds: Seconds;
}

/**
 * Signs a token as a site's backend does.
 *
 * @param key The shared secret, or a private key as PEM (EC P-256, Ed25519 or RSA).
 * @throws RangeError for a lifetime over {@link TOKEN_LONGEST_SECONDS}, a secret too short or another kind of key.
 */
export async function signToken(
  key: { readonly secret: string } | { readonly privatePem: string },
  claims: TokenClaims,
): Promise<string> {
  const jose = await import('jose');
  if (!(claims.lifetimeSeconds >= 1 && claims.lifetimeSeconds <= TOKEN_LONGEST_SECONDS)) {
    throw new RangeError(`A token lives 1 to ${TOKEN_LONGEST_SECONDS} s, got ${claims.lifetimeSeconds}.`);
  }
  const { alg, signingKey } = signingKeyOf(key);
  const token = new jose.SignJWT(claims.origin === undefined ? {} : { origin: claims.origin })
    .setProtectedHeader({ alg, typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(`${claims.lifetimeSeconds} s`)
    .setAudience(claims.audience);
  if (claims.subject !== undefined) token.setSubject(claims.subject);
  return await token.sign(signingKey);
}

function signingKeyOf(key: { readonly secret: string } | { readonly privatePem: string }): {
  readonly alg: string;
  readonly signingKey: Uint8Array | KeyObject;
} {
  if ('secret' in key) {
    const signingKey = new TextEncoder().encode(key.secret);
    if (signingKey.length >= SECRET_LEAST_BYTES) return { alg: 'HS256', signingKey };
    throw new RangeError(`A token secret must have ${SECRET_LEAST_BYTES} bytes or more, got ${signingKey.length}.`);
  }
  let signingKey: KeyObject;
  try {
    signingKey = createPrivateKey(key.privatePem);
  } catch (cause) {
    throw new RangeError('It holds no private key in PEM.', { cause });
  }
  if (signingKey.asymmetricKeyType === 'ed25519') return { alg: 'EdDSA', signingKey };
  if (signingKey.asymmetricKeyType === 'rsa') return { alg: 'RS256', signingKey };
  if (signingKey.asymmetricKeyDetails?.namedCurve === 'prime256v1') return { alg: 'ES256', signingKey };
  throw new RangeError('Sign with an EC key on P-256, an Ed25519 key or an RSA key.');
}

function judgeClaims(payload: JWTPayload, origin: string | undefined): TokenVerdict {
  const { exp = 0, iat = 0, sub } = payload;
  if (exp - iat > TOKEN_LONGEST_SECONDS) {
    return refused(
      'token_lives_too_long',
      `The token lives ${exp - iat} s; at most ${TOKEN_LONGEST_SECONDS} s are taken. Sign shorter ones and fetch a new one before it expires.`,
    );
  }
  const bound: unknown = payload['origin'];
  if (bound !== undefined && bound !== origin) {
    return refused(
      'token_of_other_origin',
      'The token was signed for the pages of another origin. Sign one for this page.',
    );
  }
  return { status: 'valid', subject: sub };
}

/** Reads the code that every error of jose has, without naming anything that the token holds. */
function refusalOf(error: unknown, audience: string): Refusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_JWT_EXPIRED') {
    return unauthorised(
      'token_expired',
      'The token has expired. Fetch a new one from your site and send the request again.',
    );
  }
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') {
    const claim = error instanceof Error && 'claim' in error ? String(error.claim) : '';
    return unauthorised(
      'invalid_token',
      `The token's claim "${claim}" is missing or wrong. ${claimHint(claim, audience)}`,
    );
  }
  if (/^ERR_(JW[ST]|JOSE|JWKS_NO_MATCHING|JWKS_MULTIPLE)/.test(code)) {
    return unauthorised(
      'invalid_token',
      'The token is not signed with a key that this server knows. Sign it with the key in its --token-secret or --token-keys, and name the key ("kid") where there are several.',
    );
  }
  return {
    status: 503,
    message:
      "The site's public keys cannot be fetched at the moment, so tokens cannot be checked. Send the request again later.",
    code: 'token_keys_unavailable',
    retryAfterSeconds: 5,
  };
}

function claimHint(claim: string, audience: string): string {
  if (claim === 'aud') return `Sign it with the audience ${JSON.stringify(audience)}.`;
  if (claim === 'iat' || claim === 'exp') {
    return `Sign it with "iat" and an "exp" at most ${TOKEN_LONGEST_SECONDS} s later, by a clock that is right.`;
  }
  return 'Sign a new one.';
}

function refused(code: RefusalCode, message: string): TokenVerdict {
  return { status: 'refused', refusal: unauthorised(code, message) };
}

function unauthorised(code: RefusalCode, message: string): Refusal {
  return { status: 401, message, code };
}

type FindPublicKey = JWTVerifyGetKey<CryptoKey>;

async function publicKeySet(source: string): Promise<FindPublicKey> {
  const { createLocalJWKSet, createRemoteJWKSet } = await import('jose');
  if (/^https?:\/\//.test(source)) {
    if (!source.startsWith('https:')) throw new RangeError(`Public keys come over https only, got ${source}.`);
    return createRemoteJWKSet(new URL(source), { timeoutDuration: 3000 });
  }
  let file: string;
  try {
    file = await readFile(source, 'utf8');
  } catch (cause) {
    throw new RangeError(`${source}: cannot be read.`, { cause });
  }
  const keys = readPublicKeys(file);
  if (keys === undefined) throw new RangeError(`${source}: holds no public key in PEM, JWK or JWKS.`);
  if (keys.some((key) => 'd' in key || 'k' in key)) {
    throw new RangeError(`${source}: holds a private key. Keep that with the site; the server needs the public one.`);
  }
  return createLocalJWKSet({ keys: [...keys] });
}

function readPublicKeys(file: string): readonly JWK[] | undefined {
  try {
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(file))
      return [createPrivateKey(file).export({ format: 'jwk' }) as JWK];
    if (file.includes('-----BEGIN ')) return [createPublicKey(file).export({ format: 'jwk' }) as JWK];
    const json: unknown = JSON.parse(file);
    if (typeof json !== 'object' || json === null) return undefined;
    const keys: unknown = 'keys' in json ? json.keys : [json];
    return Array.isArray(keys) && keys.length > 0 && keys.every(isJwk) ? keys : undefined;
  } catch {
    return undefined;
  }
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string';
}
