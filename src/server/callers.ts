import { isTokenShaped, type TokenVerifier } from './browser-tokens.ts';
import { type KeyFile, keyDigest } from './key-file.ts';
import type { Refusal } from './openai-error.ts';

/** Who calls, as far as the server asks. */
export interface Caller {
  /** `open`: nobody was asked for a key. */
  readonly kind: 'open' | 'key' | 'token';
  /** Tells callers apart, for limits and repeats: the same whenever the same one calls; holds no secret. */
  readonly id: string;
}

/** Who a credential belongs to, or why it belongs to nobody. */
export type CallerVerdict =
  | { readonly status: 'known'; readonly caller: Caller }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** The credentials that open `/v1`. */
export interface Credentials {
  /** Keys in clear; kept as digests only. */
  readonly keys: readonly string[];
  readonly keyFile?: KeyFile;
  readonly tokens?: TokenVerifier;
}

const OPEN: CallerVerdict = { status: 'known', caller: { kind: 'open', id: 'open' } };

/** Finds out who calls. */
export class CallerDirectory {
  /** False: nobody needs a key. */
  readonly asksForKeys: boolean;
  readonly #digests: ReadonlySet<string>;
  readonly #keyFile: KeyFile | undefined;
  readonly #tokens: TokenVerifier | undefined;

  constructor({ keys, keyFile, tokens }: Credentials) {
    this.#digests = new Set(keys.map(keyDigest));
    this.#keyFile = keyFile;
    this.#tokens = tokens;
    this.asksForKeys = keys.length > 0 || keyFile !== undefined || tokens !== undefined;
  }

  /**
   * @param authorization The `Authorization` header.
   * @param origin The `Origin` header.
   */
  async identify(authorization: string | undefined, origin: string | undefined): Promise<CallerVerdict> {
    if (!this.asksForKeys) return OPEN;
    const credential = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
    if (credential === undefined) return unknownKey();
    const digest = keyDigest(credential);
    // Looked up by its digest: how long that takes tells nothing about a key, which nobody can choose digests for.
    if (this.#digests.has(digest)) return known('key', `key ${digest.slice(0, 16)}`);
    if (this.#tokens !== undefined && isTokenShaped(credential)) {
      const verdict = await this.#tokens.verify(credential, origin);
      // A token without subject counts for its site: a retry with a fresh token is still the same caller.
      return verdict.status === 'valid' ? known('token', `token ${verdict.subject ?? ''}`) : verdict;
    }
    return await this.#lookUp(credential, digest);
  }

  async #lookUp(credential: string, digest: string): Promise<CallerVerdict> {
    if (this.#keyFile === undefined) return unknownKey();
    try {
      const key = await this.#keyFile.find(credential);
      return key === undefined ? unknownKey() : known('key', `key ${digest.slice(0, 16)}`);
    } catch {
      const message = 'The file of keys cannot be read at the moment, so no key of it is taken. Tell the operator.';
      return { status: 'refused', refusal: { status: 503, message, code: 'keys_unavailable', retryAfterSeconds: 5 } };
    }
  }
}

function known(kind: Caller['kind'], id: string): CallerVerdict {
  return { status: 'known', caller: { kind, id } };
}

function unknownKey(): CallerVerdict {
  const message = 'Send a valid key as "Authorization: Bearer KEY".';
  return { status: 'refused', refusal: { status: 401, message, code: 'invalid_api_key' } };
}
