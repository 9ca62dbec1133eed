import { CLIP_CONTRACT_VERSION } from '../../protocol/headers.ts';
import type { AutomationLevel, SessionAnswer } from '../../protocol/session.ts';
import { RefusedRequest } from '../openai-error.ts';
import type { Release } from '../release.ts';

/** What pages are told to do with a text. */
export interface SessionRules {
  readonly automationLevel: AutomationLevel;
  /** Confidence, 0..1. */
  readonly tau: number;
}

/** Longer than any identifier, short enough to be hashed without a thought. */
const MAX_SESSION_KEY_CHARACTERS = 200;

/**
 * `GET /v1/session`: release, degree of automation and clip contract for the visit that `X-Session-Key` names.
 *
 * One release is live, so every session key gets the same; the key is neither kept nor logged.
 *
 * @throws RefusedRequest 400 for a session key that is empty or overlong.
 */
export function getSession(sessionKey: string | undefined, release: Release, rules: SessionRules): Response {
  if (sessionKey !== undefined && (sessionKey === '' || sessionKey.length > MAX_SESSION_KEY_CHARACTERS)) {
    throw new RefusedRequest({
      status: 400,
      message: `X-Session-Key has ${sessionKey.length} characters; send 1 to ${MAX_SESSION_KEY_CHARACTERS}, random, the same for one visit.`,
      param: 'X-Session-Key',
      code: 'invalid_value',
    });
  }
  const answer: SessionAnswer = {
    release: release.id,
    automationLevel: rules.automationLevel,
    tau: rules.tau,
    clipContract: CLIP_CONTRACT_VERSION,
  };
  return Response.json(answer, { headers: { 'Cache-Control': 'no-store', Vary: 'X-Session-Key' } });
}
