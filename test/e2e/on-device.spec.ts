import { countClipErrors } from '../../src/evaluation/word-error-rate.ts';
import { clipFacts } from './recording.ts';
import { expect, test } from './voice-test.ts';

const CLIP = '8b705c12.flac';

test('recognises speech on the device with the network off', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ clip: CLIP }, { path: '/?predict=device' });
  await voice.page.getByRole('button', { name: /^Download now/ }).click();
  await expect(voice.page.getByText('Ready. Works offline.')).toBeVisible({ timeout: 40_000 });

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
