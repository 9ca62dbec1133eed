import { expect } from './voice-test.ts';
import { ORDER, ORDERED, tag } from './widget-tag.ts';
import { state, test } from './widget-test.ts';

test('nothing but the script is fetched before somebody points at the microphone', async ({ widget, openPage }) => {
  const { site, speech } = widget;
  site.policy = '';
  site.page = tag(widget.speech.origin);
  const voice = await openPage({ origin: site.origin, path: '/?x' });
  await voice.page.goto('about:blank');
  const fetched: string[] = [];
  voice.page.on('request', (request) => fetched.push(request.url()));
  await voice.page.goto(site.origin);
  await voice.page.waitForLoadState('networkidle');
  expect(fetched.filter((url) => url.startsWith(speech.origin))).toEqual([`${speech.origin}/widget/voice-search.js`]);
  await voice.microphone.hover();
  await expect.poll(() => fetched.some((url) => url.endsWith('silero-v6-fp16.wasm'))).toBe(true);
  expect(voice.troubles).toEqual([]);
});

test('a microphone that is refused is explained, typing goes on, and allowing it mends it', async ({
  widget,
  openPageHearing,
}) => {
  const { site } = widget;
  site.policy = '';
  site.page = tag(widget.speech.origin);
  const voice = await openPageHearing(ORDER, {
    origin: site.origin,
    prepare: () => {
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      let isRefused = true;
      mediaDevices.getUserMedia = async (constraints) => {
        if (!isRefused) return ask(constraints);
        isRefused = false;
        throw new DOMException('Permission denied', 'NotAllowedError');
      };
    },
  });
  const { page } = voice;
  const field = page.getByRole('searchbox', { name: 'Search' });
  await voice.microphone.click();
  await expect.poll(() => state(page)).toBe('denied');
  await expect(page.getByRole('status')).toContainText('The microphone is blocked for this site.');
  await field.fill('tea');
  await expect(field).toHaveValue('tea');
  await field.fill('');
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe('result');
  await expect(field).toHaveValue(ORDERED);
  await expect(page.getByRole('status')).toContainText('Edit it or try again.');

  await test.step('and undo gives back what stood there', async () => {
    await field.focus();
    await page.keyboard.press('Control+z');
    await expect(field).toHaveValue('');
    await page.keyboard.press('Control+Shift+z');
    await expect(field).toHaveValue(ORDERED);
  });
});

test('says first where speech goes, and asks only after a yes', async ({ widget, openPageHearing }) => {
  const { site, speech } = widget;
  site.policy = '';
  site.page = tag(widget.speech.origin, 'priming="always" consent-key="voice"');
  const voice = await openPageHearing(ORDER, { origin: site.origin });
  const { page } = voice;
  await voice.microphone.click();
  await expect.poll(() => state(page)).toBe('priming');
  await expect(page.locator('voice-search')).toContainText(new URL(speech.origin).host);
  const allow = page.getByRole('button', { name: 'Allow microphone' });
  await expect(allow).toBeFocused();
  await page.keyboard.press('Escape');
  expect(await state(page)).toBe('idle');
  await voice.microphone.click();
  await allow.click();
  await expect.poll(() => state(page)).toMatch(/listening|speaking/);
  expect(await page.evaluate(() => localStorage.getItem('voice'))).toBe('1');
  await page.keyboard.press('Escape');
  expect(await state(page)).toBe('idle');
});

test('a text that the site wants confirmed is offered, and searched after a yes', async ({
  widget,
  openPageHearing,
}) => {
  const { site } = widget;
  site.policy = '';
  site.page = tag(
    widget.speech.origin,
    'name="q" priming="never" submit="confirm"',
    '<form action="/find"><input name="q"></form>',
  );
  site.asked.length = 0;
  const voice = await openPageHearing(ORDER, { origin: site.origin });
  const { page } = voice;
  await voice.microphone.focus();
  // Held down: no silence ends it before it is let go.
  await page.keyboard.down('Space');
  await expect.poll(() => state(page)).toBe('speaking');
  await expect.poll(() => state(page), { timeout: 15_000 }).toBe('listening');
  await page.keyboard.up('Space');
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe('uncertain');
  expect(site.asked).toEqual([]);
  await expect(page.getByRole('searchbox')).toHaveValue('');
  await page.getByRole('button', { name: 'Yes' }).click();
  await expect(page.getByRole('heading', { name: 'Found' })).toBeVisible();
  expect(new URLSearchParams(site.asked[0]).get('q')).toMatch(ORDERED);
});

test('without script, the form inside the tag is the search field', async ({ widget, openPage }) => {
  const { site } = widget;
  site.policy = '';
  site.page = tag(widget.speech.origin, '', '<form action="/find"><input name="q"></form>');
  site.asked.length = 0;
  const voice = await openPage({ origin: site.origin, context: { javaScriptEnabled: false } });
  await voice.page.locator('input').fill('tea');
  await voice.page.keyboard.press('Enter');
  await expect(voice.page.getByRole('heading', { name: 'Found' })).toBeVisible();
  expect(site.asked).toEqual(['?q=tea']);
});
