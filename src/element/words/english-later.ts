import { browserFamily } from '../browser-family.ts';
import type { KnownMessages, LaterMessages } from './messages.ts';

/** English, for what is said only after a press. */
export const ENGLISH_LATER: LaterMessages = {
  'allow-chromium-desktop': 'Click the icon left of the address, allow Microphone, then press Retry.',
  'allow-chromium-android': 'Tap the icon left of the address, then Permissions, allow Microphone and press Retry.',
  'allow-firefox': 'Click the crossed-out microphone by the address, remove the block, then press Retry.',
  'allow-firefox-android': 'Tap the padlock by the address, allow Microphone, then press Retry.',
  'allow-safari-mac': 'In the Safari menu open Settings for This Website, allow Microphone and press Retry.',
  'allow-safari-ios': 'Tap the page menu by the address, Website Settings, allow Microphone and press Retry.',
  'allow-other': 'Allow it in the site settings of your browser, then press Retry.',
  'not-sent': 'You are offline, so this was not sent.',
  unreachable: "{host} can't be reached.",
  timeout: '{host} took too long to answer.',
  busy: '{host} is busy right now.',
  unauthorised: '{host} does not let this page in. Typing works.',
  rejected: '{host} refused this recording. Say it again, shorter if it was long.',
  server: '{host} failed while transcribing.',
  'bad-answer': '{host} did not answer with a text.',
  recogniser: 'The recogniser on this device could not start.',
  internal: 'Voice search made a mistake. Try again, or reload the page.',
  'kept-stored': 'Your words wait on this device.',
  'kept-open': 'Your words are kept while this page is open.',
  partly: "Heard '{text}', but not all of it.",
};

/** Where this browser keeps the switch for the microphone, in words. */
export function howToAllow(messages: KnownMessages, userAgent: string): string {
  const key = `allow-${browserFamily(userAgent)}` as const;
  return messages[key] ?? ENGLISH_LATER[key];
}
