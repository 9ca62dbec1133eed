import { parseSessionAnswer, type SessionAnswer } from '../protocol/session.ts';
import type { VoiceSettings } from './settings.ts';

/** How much the element does by itself with a text. */
export type Automation = Pick<SessionAnswer, 'automationLevel' | 'tau'>;

/** Where nobody says otherwise: every text is searched, and can be undone. */
export const FULL_AUTOMATION: Automation = { automationLevel: 'L4', tau: 0 };

const ASK_TIMEOUT_MS = 3000;

/** Asks the server; full automation where it is not Ossicle's, is not there, or the site has decided. */
export async function askAutomation({ pipeline, tau, isConfirmed }: VoiceSettings): Promise<Automation> {
  const { endpoint = '/v1/audio/transcriptions', server, predict, headers = {}, getToken } = pipeline;
  if (isConfirmed || tau !== undefined || server === 'openai-compatible' || predict === 'device')
    return FULL_AUTOMATION;
  try {
    const token = await getToken?.();
    const response = await fetch(new URL('../session', new URL(endpoint, location.href)), {
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    return (response.ok ? parseSessionAnswer(await response.json()) : undefined) ?? FULL_AUTOMATION;
  } catch {
    return FULL_AUTOMATION;
  }
}

/** True when a text of this confidence is searched without a question. */
export function isSureEnough(confidence: number | undefined, settings: VoiceSettings, automation: Automation): boolean {
  if (settings.isConfirmed) return false;
  if (settings.tau !== undefined) return confidence === undefined || confidence >= settings.tau;
  switch (automation.automationLevel) {
    case 'L4':
      return true;
    case 'L3':
      return confidence !== undefined && confidence >= automation.tau;
    default:
      return false;
  }
}
