import { devices, type Page, type TestInfo } from 'playwright/test';
import { expect, microphoneFor, test } from './voice-test.ts';

const ORDER = { clip: '8b705c12.flac' } as const;
/** What the recogniser makes of it, give or take a small word. */
const ORDERED = /^May .*large,? iced coffee with milk/;
const PHONE = devices['Pixel 7'];

/** The page is never wider than its window. */
async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const overhang = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(overhang).toBe(0);
}

async function attachScreenshot(page: Page, testInfo: TestInfo, name: string): Promise<void> {
  const path = testInfo.outputPath(`${name}.png`);
  await page.screenshot({ path, fullPage: true });
  await testInfo.attach(name, { path, contentType: 'image/png' });
}

test('is used by keyboard alone', async ({ openPageHearing }) => {
  const voice = await openPageHearing(ORDER);
  const { keyboard } = voice.page;
  for (let i = 0; i < 5; i++) {
    await keyboard.press('Tab');
    if (await voice.microphone.evaluate((button) => button === document.activeElement)) break;
  }
  await expect(voice.microphone).toBeFocused();

  await test.step('Space starts, Escape takes it back', async () => {
    await keyboard.press('Space');
    await expect(voice.microphone).toHaveAttribute('aria-pressed', 'true');
    await expect(voice.status).toHaveText(/^Hearing you/);
    await keyboard.press('Escape');
    await expect(voice.status).toHaveText('Cancelled. Nothing was kept.');
    await expect(voice.microphone).toHaveAttribute('aria-pressed', 'false');
    expect(await voice.field.inputValue()).toBe('');
  });

  await test.step('Enter starts, Enter stops and reads what was said so far', async () => {
    await keyboard.press('Enter');
    await expect(voice.status).toHaveText(/^Hearing you/);
    await keyboard.press('Enter');
    await expect(voice.microphone).toHaveAttribute('aria-pressed', 'false');
    await expect(voice.status).toHaveText(/^(Heard '|I didn't hear anything)/);
  });

  await test.step('Space held down listens until it is let go', async () => {
    await voice.microphone.focus();
    await keyboard.down('Space');
    await expect(voice.status).toHaveText(/^Hearing you/);
    await expect(voice.status).toHaveText(/^Listening/, { timeout: 15_000 });
    await keyboard.up('Space');
    await expect(voice.field).toHaveValue(ORDERED);
  });
  expect(voice.troubles).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is used by finger on a phone, ${colorScheme}`, async ({ openPageHearing }, testInfo) => {
    const voice = await openPageHearing(ORDER, { context: { ...PHONE, colorScheme } });
    await expectNoSidewaysScrolling(voice.page);
    await attachScreenshot(voice.page, testInfo, 'before');
    // Where a thumb reaches them: in the lower third of the screen, and in the same place once it listens.
    const places = [
      voice.microphone,
      ...['History', 'Settings'].map((name) => voice.page.getByRole('button', { name })),
    ];
    const tops = async () => Promise.all(places.map(async (place) => (await place.boundingBox())?.y ?? 0));
    const before = await tops();
    expect(Math.min(...before)).toBeGreaterThan((PHONE.viewport.height * 2) / 3);
    await voice.microphone.tap();
    await expect(voice.status).toHaveText(/^Hearing you/);
    expect(await tops()).toEqual(before);
    await attachScreenshot(voice.page, testInfo, 'listening');
    expect(await voice.heardText()).toMatch(ORDERED);
    expect(await voice.results.count()).toBeGreaterThan(0);
    await expectNoSidewaysScrolling(voice.page);
    await attachScreenshot(voice.page, testInfo, 'after');
    expect(voice.troubles).toEqual([]);
  });
}

for (const { name, chromium, ...viewport } of [
  { name: 'a window of 320 px', width: 320, height: 800, chromium: [] },
  { name: 'a phone on its side', width: 844, height: 390, chromium: [] },
  { name: 'letters of twice the size', width: 390, height: 800, chromium: ['--blink-settings=defaultFontSize=32'] },
]) {
  test(`fits ${name}`, async ({ openPage }, testInfo) => {
    const microphone = microphoneFor(ORDER, testInfo);
    const voice = await openPage({ microphone, chromium, context: { viewport } });
    await expectNoSidewaysScrolling(voice.page);
    await attachScreenshot(voice.page, testInfo, 'before');
    await voice.field.fill('large iced mocha with oat milk');
    await expect(voice.results.first()).toBeVisible();
    await expect(voice.microphone).toBeInViewport({ ratio: 1 });
    await expectNoSidewaysScrolling(voice.page);
    await attachScreenshot(voice.page, testInfo, 'after');
    await voice.inSettings(async (settings) => {
      await settings.getByRole('button', { name: 'Delete my data' }).scrollIntoViewIfNeeded();
      await expect(settings.getByRole('button', { name: 'Done' })).toBeInViewport({ ratio: 1 });
      await attachScreenshot(voice.page, testInfo, 'settings');
    });
  });
}
