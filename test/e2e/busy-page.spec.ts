import { expect, test } from './voice-test.ts';

const BLOCKED_MS = 2_000;

test('loses nothing while the page is too busy to move for 2 s of the speech', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ clip: '1688-142285-0003.flac' });
  await voice.press();
  const calmText = await voice.heardText();

  // The recording plays from its start whenever the microphone is opened.
  await voice.press();
  await expect(voice.status).toHaveText(/^Hearing you/);
  const levelCount = await voice.page.evaluate((blockedMs) => {
    const until = performance.now() + blockedMs;
    let count = 0;
    while (performance.now() < until) count++;
    return count;
  }, BLOCKED_MS);
  expect(levelCount).toBeGreaterThan(0);
  expect(await voice.heardText()).toBe(calmText);
  expect(voice.troubles).toEqual([]);
});
