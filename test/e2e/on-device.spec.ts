import { countClipErrors } from '../../src/evaluation/word-error-rate.ts';
import { clipFacts } from './recording.ts';
import { expect, test } from './voice-test.ts';

const CLIP = '8b705c12.flac';

test('recognises speech on the device with the network off', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ clip: CLIP }, { path: '/?predict=device' });
  await voice.downloadRecogniser();

  await voice.context.setOffline(true);
  await voice.press();
  const { editCount } = countClipErrors(clipFacts(CLIP).transcript, await voice.heardText(), 'english');
  expect(editCount).toBeLessThanOrEqual(1);
  await expect(voice.page.locator('#provenance')).toHaveText(/^Recognised on this device/);
  await expect(voice.page.locator('#results-note')).toHaveText('Searched on this device');
  expect(await voice.results.count()).toBeGreaterThan(0);
  expect(await voice.sentBytes()).toBe(0);
  expect(voice.troubles).toEqual([]);
});

test('recognises speech on the device after a reload without a network, and keeps the weights once', async ({
  openPageHearing,
}) => {
  // The recogniser starts twice.
  test.setTimeout(120_000);
  const voice = await openPageHearing({ clip: CLIP }, { path: '/?predict=device' });
  await voice.downloadRecogniser();
  await voice.page.waitForFunction(async () => {
    const names = await caches.keys();
    const found = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return found.flat().some(({ url }) => url.includes('ort-wasm'));
  });
  const keptBytes = await voice.page.evaluate(async () => {
    const names = await caches.keys();
    const lists = await Promise.all(
      names.map(async (name) => {
        const cache = await caches.open(name);
        const responses = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
        return await Promise.all(responses.map(async (response) => (await response?.arrayBuffer())?.byteLength ?? 0));
      }),
    );
    return lists.flat().reduce((sum, bytes) => sum + bytes, 0);
  });
  // 44 MB of weights, 14 MB of runtime, 1 MB of everything else.
  expect(keptBytes).toBeLessThan(60e6);

  const session = await voice.context.newCDPSession(voice.page);
  await session.send('Network.clearBrowserCache');
  await session.detach();
  await voice.context.setOffline(true);
  await voice.page.reload();
  await voice.downloadRecogniser();
  await voice.press();
  const { editCount } = countClipErrors(clipFacts(CLIP).transcript, await voice.heardText(), 'english');
  expect(editCount).toBeLessThanOrEqual(1);
  await expect(voice.page.locator('#provenance')).toHaveText(/^Recognised on this device/);
  expect(await voice.sentBytes()).toBe(0);
});

test('deletes the recogniser from the device, by keyboard, and offers it again', async ({ openPage }) => {
  const voice = await openPage({ path: '/?predict=device' });
  const { page } = voice;
  await page.getByRole('button', { name: 'Settings' }).click();
  const download = page.getByRole('button', { name: /^Download now/ });
  const remove = page.getByRole('button', { name: 'Delete from this device (44 MB)' });
  await expect(remove).toBeHidden();
  await download.click();
  await expect(page.getByText('Ready. Works offline.')).toBeVisible({ timeout: 40_000 });
  const keptRuntimes = () =>
    page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith('ossicle-shell-'));
      const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return lists.flat().filter(({ url }) => url.includes('ort-wasm')).length;
    });
  await expect.poll(keptRuntimes).toBe(1);
  await remove.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Deleted from this device\./)).toBeVisible();
  await expect(remove).toBeHidden();
  await expect(download).toBeFocused();
  const keptCount = await page.evaluate(async () => {
    const names = await caches.keys();
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().filter(({ url }) => url.includes('/models/')).length;
  });
  expect(keptCount).toBe(0);
  await expect.poll(keptRuntimes).toBe(0);
  await download.click();
  await expect(page.getByText('Ready. Works offline.')).toBeVisible({ timeout: 40_000 });
  expect(voice.troubles).toEqual([]);
});
