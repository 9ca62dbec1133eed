import type { VoicePage } from './voice-page.ts';
import { expect } from './voice-test.ts';
import { WidgetSite } from './widget-site.ts';
import { ORDER, ORDERED, strictPolicy, tag } from './widget-tag.ts';
import { state, test } from './widget-test.ts';

const PLAIN_FORM = '<form action="/find"><input name="q"></form>';
const TO_FORM = 'name="q" priming="never"';

/** Has the page keep what it was refused, also for the page that its form leads to. */
function keepViolations(): void {
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    sessionStorage.setItem(`violation ${sessionStorage.length}`, `${effectiveDirective} ${blockedURI}`);
  });
}

/** Speaks the order, and expects it to be searched without anything being refused. */
async function expectSearched(voice: VoicePage, site: WidgetSite): Promise<void> {
  const { page, microphone, troubles } = voice;
  await voice.warm();
  await microphone.click();
  await expect(page.getByRole('heading', { name: 'Found' })).toBeVisible({ timeout: 40_000 });
  expect(new URLSearchParams(site.asked[0]).get('q')).toMatch(ORDERED);
  expect(await page.evaluate(() => Object.values({ ...sessionStorage }))).toEqual([]);
  expect(troubles).toEqual([]);
}

test.describe('a strict policy', () => {
  test.beforeEach(({ widget: { site } }) => {
    site.asked.length = 0;
  });
  test.afterEach(({ widget: { site } }) => {
    site.policy = '';
    site.speechOrigin = '';
  });

  test('lets the tag of another origin speak', async ({ widget: { site, speech }, openPageHearing }) => {
    site.policy = strictPolicy(speech.origin, "'none'");
    site.page = tag(speech.origin, TO_FORM, PLAIN_FORM);
    const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: site.origin, prepare: keepViolations });
    await expectSearched(voice, site);
  });

  test('lets the tag of its own origin speak, with a worker', async ({ widget: { site, speech }, openPageHearing }) => {
    site.speechOrigin = speech.origin;
    site.policy = strictPolicy("'self'", 'ossicle');
    site.page = tag('', TO_FORM, PLAIN_FORM);
    const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: site.origin, prepare: keepViolations });
    await voice.microphone.hover();
    await expect
      .poll(() => voice.page.workers().map((worker) => new URL(worker.url()).pathname))
      .toEqual(['/widget/delivery-worker.js']);
    await expectSearched(voice, site);
  });

  test('that trusts nobody is told once, and speech goes from the page', async ({ widget, openPageHearing }) => {
    const { site, speech } = widget;
    site.speechOrigin = speech.origin;
    site.policy = strictPolicy("'self'", "'none'");
    site.page = tag('');
    const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: site.origin, prepare: keepViolations });
    await voice.microphone.click();
    await expect.poll(() => state(voice.page), { timeout: 40_000 }).toBe('result');
    expect(voice.page.workers()).toEqual([]);
    expect(await voice.page.evaluate(() => Object.values({ ...sessionStorage }))).toEqual([
      'trusted-types trusted-types-policy',
    ]);
  });
});

test.describe('in a frame of another origin', () => {
  let outer: WidgetSite;
  test.beforeAll(async () => {
    outer = await new WidgetSite().start();
  });
  test.afterAll(() => outer.stop());

  function framed(inner: string, attributes: string): string {
    const frame = `<iframe src="${inner}" title="Search" width="360" height="300" ${attributes}></iframe>`;
    return `<!doctype html><html lang="en"><title>Outside</title><link rel="icon" href="data:,">${frame}</html>`;
  }

  test('that is allowed the microphone, the tag speaks', async ({ widget: { site, speech }, openPageHearing }) => {
    site.page = tag(speech.origin);
    outer.page = framed(site.origin, 'allow="microphone"');
    const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: outer.origin });
    const inside = voice.page.frameLocator('iframe');
    await inside.getByRole('button', { name: 'Search by voice' }).click();
    await expect.poll(() => state(inside), { timeout: 40_000 }).toBe('result');
    await expect(inside.getByRole('searchbox')).toHaveValue(ORDERED);
    expect(voice.troubles).toEqual([]);
  });

  test('that is not, it says who can allow it, and typing searches', async ({ widget, openPageHearing }) => {
    const { site, speech } = widget;
    site.asked.length = 0;
    site.page = tag(speech.origin, TO_FORM, PLAIN_FORM);
    outer.page = framed(site.origin, '');
    const voice = await openPageHearing({ ...ORDER, leadSeconds: 2 }, { origin: outer.origin });
    const inside = voice.page.frameLocator('iframe');
    await inside.getByRole('button', { name: 'Search by voice' }).click();
    await expect.poll(() => state(inside)).toBe('policy');
    await expect(inside.getByRole('status')).toHaveText(
      'This page may not use the microphone. Its owner can allow it (allow="microphone" on the frame). Typing works.',
    );
    await inside.getByRole('searchbox').fill('tea');
    await inside.getByRole('searchbox').press('Enter');
    await expect(inside.getByRole('heading', { name: 'Found' })).toBeVisible();
    expect(site.asked).toEqual(['?q=tea']);
  });
});
