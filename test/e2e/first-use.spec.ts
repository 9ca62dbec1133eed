import { expect, test } from './voice-test.ts';

test('shows text within 15 s of opening the page for the first time', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ clip: 'whats_the_weather_like.flac' });
  const leftMs = 15_000 - (performance.now() - voice.openedAtMs);
  await voice.press();
  await expect(voice.field).toHaveValue(/weather/, { timeout: leftMs });
  expect(voice.troubles).toEqual([]);
});
