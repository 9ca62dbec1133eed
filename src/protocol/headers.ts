/**
 * Our own HTTP headers, lower-case as `Headers` gives them back.
 *
 * Requests carry them only when the endpoint is declared `server: 'ossicle'`: other servers' CORS rules refuse
 * headers they do not know.
 */

/** Request: one random value for each take, the same on every repeat, so that a repeat is not worked on twice. */
export const IDEMPOTENCY_KEY_HEADER: 'idempotency-key' = 'idempotency-key';

/** Request: version of the rules by which the clip was already cut and levelled; without it the server does both. */
export const CLIP_CONTRACT_HEADER: 'x-clip-contract' = 'x-clip-contract';

/** Request: whole milliseconds, from the request's start, after which nobody waits for the answer any more. */
export const DEADLINE_HEADER: 'x-deadline-ms' = 'x-deadline-ms';

/** Request: what routing to a release is derived from; stays the same for one visit. */
export const SESSION_KEY_HEADER: 'x-session-key' = 'x-session-key';

/** Answer: the release of the recogniser that gave it. */
export const RELEASE_HEADER: 'x-release' = 'x-release';

/** Answer: `true` when it was first given to an earlier request with the same idempotency key. */
export const REPLAYED_HEADER: 'idempotent-replayed' = 'idempotent-replayed';

/** Version of the clip contract that this front end keeps. A server that does not know it answers 409. */
export const CLIP_CONTRACT_VERSION: '1' = '1';
