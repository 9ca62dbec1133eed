import { type Browser, expect, type Page, test } from 'playwright/test';
import { build, type PreviewServer, preview } from 'vite';
import { VOICE_PHASES } from '../../src/element/voice-state.ts';
import { accessibilityFaults } from '../e2e/axe.ts';
import { scenes } from './states.ts';

const FOLDER = new URL('./', import.meta.url).pathname;
const WIDTHS_PX = [320, 390, 1280] as const;

interface Sheet {
  readonly language: 'en' | 'ar';
  /** `forced`: the colours of a system's high-contrast theme. */
  readonly scheme: 'light' | 'dark' | 'forced';
  readonly widthPx: number;
}

const SHEETS: readonly Sheet[] = (['en', 'ar'] as const).flatMap((language) => [
  ...WIDTHS_PX.flatMap((widthPx) => (['light', 'dark'] as const).map((scheme) => ({ language, scheme, widthPx }))),
  { language, scheme: 'forced' as const, widthPx: 320 },
]);

let server: PreviewServer;
test.beforeAll(async ({ browser: _ }, testInfo) => {
  const outDir = testInfo.outputPath('sheet');
  const site = { configFile: false, root: FOLDER, logLevel: 'warn' } as const;
  await build({
    ...site,
    build: { outDir, emptyOutDir: true, target: 'es2022', rolldownOptions: { input: `${FOLDER}sheet.html` } },
  });
  server = await preview({ ...site, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
});
test.afterAll(() => server.close());

async function openSheet(browser: Browser, { language, scheme, widthPx }: Sheet): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: widthPx, height: 800 },
    colorScheme: scheme === 'dark' ? 'dark' : 'light',
    forcedColors: scheme === 'forced' ? 'active' : 'none',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.resolvedUrls?.local[0]}sheet.html?lang=${language}`);
  await page.locator('body[data-ready]').waitFor();
  expect(complaints).toEqual([]);
  return page;
}

test('shows every state of the element', () => {
  const shown = new Set(scenes({ query: 'tea', longQuery: 'two teas' }).map(({ state }) => state.phase));
  expect([...shown].sort()).toEqual([...VOICE_PHASES].sort());
});

for (const sheet of SHEETS) {
  const name = `${sheet.language}-${sheet.scheme}-${sheet.widthPx}`;

  test(`looks as it did: ${name}`, async ({ browser }) => {
    const page = await openSheet(browser, sheet);
    await expect(page).toHaveScreenshot(`${name}.png`, { fullPage: true });
    await page.context().close();
  });

  test(`fits its width, and axe holds nothing against it: ${name}`, async ({ browser }) => {
    const page = await openSheet(browser, sheet);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(sheet.widthPx);
    await page.context().close();
  });
}

test('can be pressed everywhere with a thumb', async ({ browser }) => {
  const page = await openSheet(browser, { language: 'en', scheme: 'light', widthPx: 320 });
  const sizes = await page.locator('section button:visible').evaluateAll((buttons) =>
    buttons.map((button) => {
      const { width, height } = button.getBoundingClientRect();
      return { label: button.getAttribute('aria-label') ?? button.textContent, width, height };
    }),
  );
  expect(sizes.length).toBeGreaterThan(30);
  // WCAG 2.2, 2.5.5 Target Size (Enhanced): 44 CSS pixels.
  expect(sizes.filter(({ width, height }) => width < 44 || height < 44)).toEqual([]);
  await page.context().close();
});
