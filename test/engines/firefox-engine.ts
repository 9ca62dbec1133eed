import { firefox } from 'playwright';
import type { Engine } from './engine.ts';

/** Debian's Firefox, with the system's microphones, always allowed. */
export async function openFirefox(environment: Readonly<Record<string, string>>): Promise<Engine> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: '/usr/bin/firefox-esr',
    firefoxUserPrefs: {
      'media.navigator.permission.disabled': true,
      'media.navigator.streams.fake': false,
      'media.autoplay.default': 0,
    },
    env: { ...Object.fromEntries(inherited), ...environment },
  });
  // Firefox cannot emulate these; Playwright would ask it to.
  const context = await browser.newContext({
    colorScheme: null,
    reducedMotion: null,
    forcedColors: null,
    contrast: null,
  });
  const page = await context.newPage();
  return {
    name: 'Firefox',
    version: browser.version(),
    goto: async (url) => void (await page.goto(url)),
    click: (selector) => page.click(selector),
    evaluate: (expression) => page.evaluate(expression),
    hide: async () => {
      const opened = context.waitForEvent('page');
      await page.click('#new-tab');
      await opened;
    },
    show: async () => {
      for (const other of context.pages()) if (other !== page) await other.close();
    },
    close: () => browser.close(),
  };
}
