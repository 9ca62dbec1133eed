import type { SessionAnswer } from '../protocol/session.ts';
import type { VoiceSettings } from './settings.ts';

/** How much the element does by itself with a text. */
export type Automation = Pick<SessionAnswer, 'automationLevel' | 'tau'>;

/** Where nobody says otherwise: every text is searched, and can be undone. */
export const FULL_AUTOMATION: Automation = { automationLevel: 'L4', tau: 0 };

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
