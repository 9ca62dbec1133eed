import type { VoiceSearchElement } from '../../src/element/element.ts';
import { test as base, expect } from '../e2e/voice-test.ts';
import { type BuiltSite, buildSite, type SiteKind } from './built-site.ts';

const SITES: readonly SiteKind[] = [
  { name: 'vite', served: { folder: 'dist' } },
  { name: 'webpack', served: { folder: 'dist' } },
  { name: 'next', served: { program: ['node_modules/next/dist/bin/next', 'start'] } },
  { name: 'no-bundler', served: { folder: 'dist' } },
];

const ORDER = { clip: '8b705c12.flac', leadSeconds: 2 } as const;
/** What the recogniser makes of it, give or take a small word. */
const ORDERED = /have a large,? iced coffee with milk/i;

/** What listening needs, whatever a bundler calls it. */
const LISTENING = /speech-processor|silero|recogniser|\.wasm|\.ort|\/models\//;
/** It is found under a folder of the site's own, and nowhere else. */
const HOSTED = /^\/speech\/(speech-processor\.js|delivery-worker\.js|silero-v6-fp16\.wasm)$/;

const test = base.extend<{ readonly kind: SiteKind; readonly site: BuiltSite }>({
  kind: [{ name: '', served: { folder: '' } }, { option: true }],
  site: async ({ kind }, use) => {
    const site = await buildSite(kind);
    await use(site);
    await site.close();
  },
});

for (const kind of SITES) {
  test.describe(`the packed tarball with ${kind.name}`, () => {
    test.use({ kind });

    test('speaks: every file is found, none of listening before somebody means to speak', async ({
      site,
      openPageHearing,
    }) => {
      const voice = await openPageHearing(ORDER, { origin: site.origin });
      const { page } = voice;
      const fetched: string[] = [];
      const refused: string[] = [];
      voice.context.on('response', (response) => {
        fetched.push(response.url());
        if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
      });
      const state = (): Promise<string> =>
        page.locator('voice-search').evaluate((element) => (element as VoiceSearchElement).state);

      await page.reload();
      await page.waitForLoadState('networkidle');
      expect(fetched.length).toBeGreaterThan(1);
      expect(fetched.filter((url) => LISTENING.test(url))).toEqual([]);

      await voice.microphone.hover();
      await expect.poll(() => fetched.some((url) => url.endsWith('.wasm'))).toBe(true);
      await voice.microphone.click();
      await expect.poll(state, { timeout: 40_000 }).toBe('result');
      await expect(page.locator('output')).toHaveText(ORDERED);
      await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue(ORDERED);
      // The worker found all of itself, what it keeps unsent speech with, too.
      expect(await page.evaluate(() => indexedDB.databases().then((all) => all.length))).toBe(1);

      if (kind.name === 'vite') {
        await test.step('asset-base fetches from a folder of the site', async () => {
          fetched.length = 0;
          await page.goto(`${site.origin}/hosted.html`);
          await voice.microphone.click();
          await expect.poll(state, { timeout: 40_000 }).toBe('result');
          await expect(page.locator('output')).toHaveText(ORDERED);
          const paths = new Set(fetched.map((url) => new URL(url).pathname).filter((path) => HOSTED.test(path)));
          expect(paths.size).toBe(3);
          expect(fetched.filter((url) => LISTENING.test(url) && !url.startsWith(`${site.origin}/speech/`))).toEqual([]);
        });
      }
      expect({ refused, troubles: voice.troubles }).toEqual({ refused: [], troubles: [] });
    });
  });
}
