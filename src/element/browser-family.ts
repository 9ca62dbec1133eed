/** Browsers that keep their site settings in the same place. */
export type BrowserFamily =
  | 'chromium-desktop'
  | 'chromium-android'
  | 'firefox'
  | 'firefox-android'
  | 'safari-mac'
  | 'safari-ios'
  | 'other';

/**
 * Which family a browser belongs to, for instructions only: nothing depends on it but words.
 *
 * Every browser on iOS is Safari underneath and has its settings there.
 */
export function browserFamily(userAgent: string): BrowserFamily {
  const isAndroid = /Android/.test(userAgent);
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'safari-ios';
  if (/Firefox\//.test(userAgent)) return isAndroid ? 'firefox-android' : 'firefox';
  if (/Chrome\/|Chromium\//.test(userAgent)) return isAndroid ? 'chromium-android' : 'chromium-desktop';
  if (/Macintosh.*Safari\//.test(userAgent)) return 'safari-mac';
  return 'other';
}
