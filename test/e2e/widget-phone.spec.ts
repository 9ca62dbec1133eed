import type { BrowserContextOptions } from 'playwright/test';
import { expect } from './voice-test.ts';
import { ORDER, ORDERED, tag } from './widget-tag.ts';
import { state, test } from './widget-test.ts';

/** A phone held upright: touch, and a narrow screen. */
const PHONE: BrowserContextOptions = {
  viewport: { width: 320, height: 640 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const SLOWER = 4;

test('a phone four times slower hears an order at a touch, and the page holds its width', async ({
  widget: { site, speech },
  openPageHearing,
}, testInfo) => {
  site.page = tag(speech.origin);
  const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: site.origin, context: PHONE });
  const { page, microphone } = voice;
  const session = await voice.context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await voice.warm();
  await microphone.tap();
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe('result');
  await expect(page.getByRole('searchbox')).toHaveValue(ORDERED);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport?.width);
  await testInfo.attach('result', { body: await page.screenshot(), contentType: 'image/png' });

  await test.step('a touch again stops it', async () => {
    await microphone.tap();
    await expect.poll(() => state(page), { timeout: 15_000 }).toMatch(/listening|speaking/);
    await microphone.tap();
    await expect(microphone).toHaveAttribute('aria-pressed', 'false');
  });
  expect(voice.troubles).toEqual([]);
});

test('a finger that holds the microphone talks until it lets go', async ({ widget, openPageHearing }) => {
  const { site, speech } = widget;
  site.page = tag(speech.origin);
  const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: site.origin, context: PHONE });
  const { page, microphone } = voice;
  const box = await microphone.boundingBox();
  const session = await voice.context.newCDPSession(page);
  // Noted by the page itself: a busy machine looks too seldom to see a word's state.
  await page.evaluate(() => {
    addEventListener('vs-state', (event) => {
      const { state: next } = (event as CustomEvent<{ readonly state: string }>).detail;
      sessionStorage.setItem('states', `${sessionStorage['states']} ${next}`);
    });
  });
  const finger = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] });
  const states = (): Promise<string> => page.evaluate<string>("sessionStorage.getItem('states')");
  await expect.poll(states, { timeout: 30_000 }).toMatch(/ speaking( speaking| listening)* listening$/);
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe('result');
  await expect(page.getByRole('searchbox')).toHaveValue(ORDERED);
});

test('a part that does not arrive is told, and fetched again by the next press', async ({
  widget,
  openPageHearing,
}) => {
  const { site, speech } = widget;
  site.page = tag(speech.origin);
  const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: site.origin });
  const { page } = voice;
  const part = /voice-search-capture\.js$/;
  await page.route(part, (route) => route.abort());
  await voice.microphone.click();
  await expect.poll(() => state(page)).toBe('error');
  await expect(page.getByRole('status')).toContainText('A part of voice search could not be loaded.');
  await page.unroute(part);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe('result');
});
