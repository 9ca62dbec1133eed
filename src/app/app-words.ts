/** Words of what the page does as an app: installing, updating, being launched, being shared with. */
export const APP_WORDS = {
  installWhy: 'As an app it opens from your home screen, works offline, and takes what other apps share.',
  installOnIos: 'To keep this as an app: press Share, then “Add to Home Screen”.',

  update: 'A new version is here.',
  reload: 'Reload',
  later: 'Later',
  dismiss: 'Close',

  speakLaunch: 'Ready. Press the microphone to speak: it never goes on by itself.',

  hearingShared: (name: string): string => `Reading '${name}'…`,
  sharedGone: 'The shared file did not arrive. Share it again.',
  sharedNotSound: (name: string): string =>
    `'${name}' is no sound that this browser can read. Share a recording, such as WAV, MP3, M4A, Ogg or FLAC.`,
  sharedTooLong: (name: string, seconds: string): string =>
    `'${name}' is too long: a shared recording may last ${seconds} seconds. Share a part of it.`,
  sharedNoSpeech: (name: string): string => `There is no speech in '${name}'.`,
  sharedFailed: (name: string, reason: string): string => `'${name}' could not be recognised: ${reason}`,
  unreachable: (host: string): string => `${host} can't be reached. Share it again when you are online.`,
  strangeAnswer: (host: string): string => `${host} gave no answer that makes sense. Share it again later.`,
} as const;
