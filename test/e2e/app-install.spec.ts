import { readFileSync } from 'node:fs';
import type { VoicePage } from './voice-page.ts';
import { expect, test } from './voice-test.ts';

interface ManifestPicture {
  readonly src: string;
  readonly sizes: string;
  readonly type: string;
}

/** Width and height of a PNG. Source: W3C PNG, section 11.2.1 (IHDR). */
function pngSize(png: Buffer): string {
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

async function offerInstallation({ page }: VoicePage): Promise<void> {
  await page.evaluate(() => {
    const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
      prompt: async () => {
        document.title = 'asked';
        return { outcome: 'accepted' };
      },
    });
    window.dispatchEvent(offer);
    if (!offer.defaultPrevented) throw new Error('The browser would show a prompt of its own.');
  });
}

test("meets Chromium's conditions for installing, and its manifest has no error", async ({ openPage }) => {
  const voice = await openPage();
  await voice.untilKept();
  const session = await voice.context.newCDPSession(voice.page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Only a browser without a profile to install into, as under test, may stand in the way.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  const { errors, url, data = '' } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toBe(`${new URL(voice.page.url()).origin}/manifest.webmanifest`);
  const manifest: {
    readonly icons: readonly ManifestPicture[];
    readonly screenshots: readonly ManifestPicture[];
    readonly shortcuts: readonly { readonly icons: readonly ManifestPicture[] }[];
  } = JSON.parse(data);
  const pictures = [...manifest.icons, ...manifest.screenshots, ...manifest.shortcuts.flatMap(({ icons }) => icons)];
  for (const { src, sizes, type } of pictures) {
    const response = await voice.page.request.get(new URL(src, url).href);
    expect(response.headers()['content-type'], src).toBe(type);
    if (type === 'image/png') expect(pngSize(await response.body()), src).toBe(sizes);
  }
  const apple = readFileSync(new URL('../../public/apple-touch-icon.png', import.meta.url));
  expect(pngSize(apple)).toBe('180x180');
});

test('offers to install it with a quiet button, once the browser would', async ({ openPage }) => {
  const voice = await openPage({ context: { viewport: { width: 320, height: 640 } } });
  const button = voice.page.getByRole('button', { name: 'Install' });
  await expect(button).toBeHidden();
  await offerInstallation(voice);
  await button.scrollIntoViewIfNeeded();
  expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  expect(await voice.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await button.focus();
  await voice.page.keyboard.press('Enter');
  await expect(voice.page).toHaveTitle('asked');
  await expect(button).toBeHidden();
  // It offers again, and is installed by the browser's own menu.
  await offerInstallation(voice);
  await expect(button).toBeVisible();
  await voice.page.evaluate(() => void window.dispatchEvent(new Event('appinstalled')));
  await expect(button).toBeHidden();
});

test('says how to keep it as an app on iOS, where no page may ask', async ({ openPage }) => {
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
  const voice = await openPage({ context: { userAgent } });
  await expect(voice.page.locator('#install')).toHaveText(/Share, then “Add to Home Screen”/);
  await expect(voice.page.getByRole('button', { name: 'Install' })).toBeHidden();
});

test('waits for a press when it is opened to speak, and says so', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ clip: 'whats_the_weather_like.flac' }, { path: '/?speak' });
  const notice = voice.page.getByRole('region', { name: /never goes on by itself/ });
  await expect(notice).toBeVisible();
  await expect(voice.microphone).toBeFocused();
  await expect(voice.page.locator('[aria-live=polite]')).toHaveText(/^Ready\. Press the microphone/);
  expect(voice.page.url()).not.toContain('speak');
  await expect(voice.microphone).toHaveAttribute('aria-pressed', 'false');
  await voice.page.keyboard.press('Enter');
  await expect(notice).toBeHidden();
  expect(await voice.heardText()).toMatch(/weather/);
});

test('puts the cursor into the field when it is opened to type', async ({ openPage }) => {
  const voice = await openPage({ path: '/?type' });
  await expect(voice.field).toBeFocused();
});

test('keeps the screen on while the microphone is open, and only then', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ clip: 'whats_the_weather_like.flac' }, { prepare: countLocks });
  const held = () => voice.page.evaluate<number>('heldLocks()');
  await voice.warm();
  expect(await held()).toBe(0);
  await voice.press();
  await expect.poll(held).toBe(1);
  await voice.heardText();
  await expect.poll(held).toBe(0);
});

/** Runs in the page before its own script: counts the locks that Chromium gave and that were not let go. */
function countLocks(): void {
  const locks: WakeLockSentinel[] = [];
  const { request } = WakeLock.prototype;
  WakeLock.prototype.request = async function (...args) {
    const lock = await request.apply(this, args);
    locks.push(lock);
    return lock;
  };
  Object.assign(window, { heldLocks: () => locks.filter(({ released }) => !released).length });
}
