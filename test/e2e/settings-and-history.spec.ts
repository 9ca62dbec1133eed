import type { Page } from 'playwright/test';
import { expect, test } from './voice-test.ts';

const ORDER = { clip: '8b705c12.flac' } as const;

async function openHistory(page: Page) {
  await page.getByRole('button', { name: 'History' }).click();
  return page.getByRole('dialog', { name: 'Your searches' });
}

test('keeps what is chosen in the settings, in every tab, and hears by it from the next press', async ({
  openPageHearing,
}) => {
  const voice = await openPageHearing(ORDER);
  const { page, context } = voice;
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByRole('button', { name: 'Settings' }).click();
  const kernels: string[] = [];
  page.on('request', (request) => {
    const [kernel] = /silero-v6-\w+/.exec(request.url()) ?? [];
    if (kernel !== undefined) kernels.push(kernel);
  });
  await voice.inSettings(async (settings) => {
    await expect(settings.getByRole('heading', { name: 'Settings' })).toBeVisible();
    await settings.getByLabel('Lite detector').check();
    await settings.getByLabel('Dictation').check();
  });
  await expect(page.getByRole('button', { name: 'Settings' })).toBeFocused();
  await expect(other.getByLabel('Lite detector')).toBeChecked();
  await expect(other.getByLabel('Dictation')).toBeChecked();
  await voice.press();
  await expect(voice.status).toHaveText(/^Hearing you/);
  expect(kernels).toEqual(['silero-v6-int8']);
  await page.keyboard.press('Escape');
  await page.reload();
  await voice.inSettings(async (settings) => {
    await expect(settings.getByLabel('Lite detector')).toBeChecked();
    await expect(settings.getByLabel('On the server')).toBeChecked();
  });
  expect(voice.troubles).toEqual([]);
});

test('remembers typed and spoken searches once that is switched on, makes them again, and forgets them', async ({
  openPageHearing,
}) => {
  const voice = await openPageHearing(ORDER);
  const { page } = voice;
  await voice.field.fill('cinnamon roll');
  await voice.field.press('Enter');
  await expect(voice.results.first()).toBeVisible();
  let history = await openHistory(page);
  await expect(history).toContainText('Your searches are not kept.');
  await history.getByRole('button', { name: 'Keep my searches on this device' }).click();
  await expect(history).toContainText('Nothing yet.');
  await page.keyboard.press('Escape');
  await expect(history).toBeHidden();

  await voice.field.fill('flat white');
  await voice.field.press('Enter');
  await voice.press();
  const heard = await voice.heardText();
  await page.reload();
  const recent = page.getByRole('region', { name: 'Recent searches' }).getByRole('button');
  await expect(recent).toHaveText([`${heard} spoken`, 'flat white typed']);
  await recent.nth(1).click();
  await expect(voice.heading).toHaveText(/for 'flat white'$/);
  await expect(recent.first()).toBeHidden();

  history = await openHistory(page);
  const again = history.locator('.past-again');
  await expect(again).toHaveText([/^flat white typed, today at /, /spoken, today at /, /^flat white typed/]);
  await history
    .getByRole('button', { name: /^Delete 'flat white'/ })
    .first()
    .press('Enter');
  await expect(again).toHaveCount(2);
  await expect(history.getByRole('button', { name: /^Delete '/ }).first()).toBeFocused();
  await again.first().click();
  await expect(voice.field).toHaveValue(heard);
  await expect(history).toBeHidden();

  history = await openHistory(page);
  await history.getByRole('button', { name: 'Delete all' }).click();
  await expect(history.getByRole('button', { name: 'Keep them' })).toBeFocused();
  await history.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(history).toContainText('Nothing yet.');
  expect(await page.evaluate(() => localStorage.getItem('ossicle-searches'))).toBeNull();
  expect(voice.troubles).toEqual([]);
});

test('deletes all that it keeps, without the server, after it has said what that is', async ({ openPage }) => {
  const voice = await openPage({ path: '/?predict=device' });
  const { page, context } = voice;
  const settings = page.getByRole('dialog', { name: 'Settings' });
  const kept = settings.locator('#kept-list li');
  const keptCount = (): Promise<number> =>
    page.evaluate(async () => {
      const workers = await navigator.serviceWorker.getRegistrations();
      const names = await caches.keys();
      const files = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return localStorage.length + sessionStorage.length + files.flat().length + workers.length;
    });
  await voice.keepUnsentSpeech(true);
  await voice.inSettings(() => settings.getByLabel('My searches').check());
  await voice.downloadRecogniser();
  await voice.field.fill('mocha');
  await voice.field.press('Enter');
  const other = await context.newPage();
  await other.goto(new URL('/', page.url()).href);
  await expect(other.getByRole('region', { name: 'Recent searches' })).toBeVisible();
  await voice.untilKept();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(kept.filter({ hasText: "This page's own files" })).toHaveCount(1);
  await expect(kept.filter({ hasText: '1 search' })).toHaveCount(1);
  await expect(kept.filter({ hasText: 'The recogniser, 44 MB' })).toHaveCount(1);
  await expect(kept.filter({ hasText: '2 settings' })).toHaveCount(1);
  expect(await keptCount()).toBeGreaterThanOrEqual(4);

  await settings.getByRole('button', { name: 'Delete my data' }).click();
  await expect(settings.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await settings.getByRole('button', { name: 'Delete everything' }).click();
  await expect(settings.getByRole('status')).toHaveText(/^Deleted\. Nothing is kept/);
  await expect(kept).toHaveCount(0);
  await expect(settings.getByLabel('My searches')).not.toBeChecked();
  await expect(settings.getByLabel('On the server')).toBeChecked();
  expect(await keptCount()).toBe(0);
  await expect(other.getByRole('region', { name: 'Recent searches' })).toBeHidden();
});
