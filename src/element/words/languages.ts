import { ENGLISH, type KnownMessages, type VoiceSearchMessages } from './messages.ts';

const TRANSLATIONS: Readonly<Record<string, () => Promise<{ readonly MESSAGES: VoiceSearchMessages }>>> = {
  ar: () => import('./arabic.ts'),
  de: () => import('./german.ts'),
  es: () => import('./spanish.ts'),
};

/** The words of a language, fetched when they are first wanted; English for all that are not translated. */
export async function messagesIn(language: string): Promise<KnownMessages> {
  const load = TRANSLATIONS[language.toLowerCase().split('-')[0] ?? ''];
  return load === undefined ? ENGLISH : (await load()).MESSAGES;
}
