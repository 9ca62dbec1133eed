import type { TestInfo } from 'playwright/test';
import { accessibilityFaults } from './axe.ts';
import type { VoicePage } from './voice-page.ts';
import { expect, test } from './voice-test.ts';

const ORDER = { clip: '8b705c12.flac' } as const;
const WIDTHS = [320, 390, 1280] as const;

/** Judges the page as it stands, at every width. */
type Judge = (state: string) => Promise<void>;

function judging({ page }: VoicePage, testInfo: TestInfo): Judge {
  return async (state) => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 844 });
      expect(await accessibilityFaults(page), `${state}, ${width} px`).toEqual([]);
      const overflow = await page.evaluate(() => {
        const scrolled = [document.documentElement, ...document.querySelectorAll('.sheet-content')];
        return Math.max(...scrolled.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
      });
      expect(overflow, `${state}, ${width} px: pixels to the side`).toBeLessThanOrEqual(0);
      await testInfo.attach(`${state}-${width}`, { body: await page.screenshot(), contentType: 'image/png' });
    }
  };
}

for (const [name, context] of [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
] as const) {
  test(`gives axe nothing to hold against the page, ${name}`, async ({ openPageHearing }, testInfo) => {
    test.setTimeout(120_000);
    const voice = await openPageHearing(ORDER, { context: { ...context, reducedMotion: 'reduce' } });
    const { page } = voice;
    const judge = judging(voice, testInfo);
    await judge('beginning');

    await voice.inSettings(async (settings) => {
      await settings.getByLabel('My searches').check();
      await settings.getByLabel('On this device').check();
      await judge('settings');
      await settings.getByRole('button', { name: 'Delete my data' }).click();
      await judge('deletion');
      await settings.getByRole('button', { name: 'Keep it' }).click();
      await settings.getByLabel('On the server').check();
    });

    await voice.field.fill('iced mocha');
    await voice.field.press('Enter');
    await expect(voice.results.first()).toBeVisible();
    await judge('results');
    await voice.field.fill('qqq');
    await expect(voice.heading).toHaveText(/^Nothing on the menu/);
    await judge('nothing');
    await voice.field.fill('');
    await expect(page.getByRole('region', { name: 'Recent searches' })).toBeVisible();
    await judge('recent');

    await page.getByRole('button', { name: 'History' }).click();
    await judge('history');
    await page.keyboard.press('Escape');

    await voice.press();
    await expect(voice.status).toHaveText(/^Hearing you/);
    expect(await accessibilityFaults(page), 'listening').toEqual([]);
    await voice.heardText();
    await judge('heard');
  });
}

test('gives axe nothing to hold against a failure, nor against what waits to be sent', async ({
  openPageHearing,
}, testInfo) => {
  const voice = await openPageHearing(ORDER);
  const judge = judging(voice, testInfo);
  await voice.warm();
  await voice.context.setOffline(true);
  await voice.press();
  await expect(voice.waitingHeading).toBeVisible({ timeout: 30_000 });
  await judge('waiting');
});

test('is complete in forced colours, and shows which button has the focus', async ({ openPage }, testInfo) => {
  const voice = await openPage({ context: { forcedColors: 'active' } });
  const judge = judging(voice, testInfo);
  await voice.field.fill('tea');
  await expect(voice.results.first()).toBeVisible();
  await judge('results');
  await voice.inSettings(() => judge('settings'));
});
