import { normaliseEnglish } from '../../src/evaluation/text-normaliser.ts';
import { clipFacts } from './recording.ts';
import { expect, test } from './voice-test.ts';

const CLIP = '533-1066-0008.flac';
const BLOCKED_MS = 2_000;

test('loses nothing while the page is too busy to move for 2 s of the speech', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ clip: CLIP });
  await voice.press();
  const said = normaliseEnglish(clipFacts(CLIP).transcript);
  expect(normaliseEnglish(await voice.heardText())).toBe(said);

  // The recording plays from its start whenever the microphone is opened.
  await voice.press();
  await expect(voice.status).toHaveText(/^Hearing you/);
  const turnCount = await voice.page.evaluate((blockedMs) => {
    let turns = 0;
    for (const until = performance.now() + blockedMs; performance.now() < until; ) turns++;
    return turns;
  }, BLOCKED_MS);
  expect(turnCount).toBeGreaterThan(0);
  expect(normaliseEnglish(await voice.heardText())).toBe(said);
  expect(voice.troubles).toEqual([]);
});
