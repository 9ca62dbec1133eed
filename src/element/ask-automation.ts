import { parseSessionAnswer } from '../protocol/session.ts';
import { type Automation, FULL_AUTOMATION } from './automation.ts';
import type { VoiceSettings } from './settings.ts';

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
