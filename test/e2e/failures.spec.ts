import { FrontDoor, type StrangeAnswer } from './front-door.ts';
import { OssicleServer } from './server.ts';
import type { VoicePage } from './voice-page.ts';
import { expect, microphoneFor, test } from './voice-test.ts';

const QUESTION = { clip: 'whats_the_weather_like.flac' } as const;

/** Types into the field and finds something, whatever ails the microphone or the transcription. */
async function expectTypingToSearch(voice: VoicePage, place: 'server' | 'device'): Promise<void> {
  await voice.field.fill('iced mocha');
  await expect(voice.results.first()).toContainText('Mocha');
  await expect(voice.page.locator('#results-note')).toHaveText(place === 'device' ? 'Searched on this device' : '');
}

/** Has the words that were kept sent again; they are offered, since something was typed meanwhile. */
async function expectTextAfterRetry(voice: VoicePage): Promise<void> {
  await voice.page.getByRole('button', { name: 'Try again', exact: true }).click();
  await expect(voice.status).toHaveText(/^Heard 'What.*weather like\?'\. What you typed is still there\.$/);
  await voice.page.getByRole('button', { name: 'Use what I said' }).click();
  await expect(voice.field).toHaveValue(/^What.*weather like\?$/);
}

test('says that there is no microphone', async ({ openPage }) => {
  const voice = await openPage({ chromium: ['--use-fake-ui-for-media-stream'] });
  await voice.press();
  await expect(voice.status).toHaveText(/^No microphone found\./);
  await expectTypingToSearch(voice, 'server');
  expect(voice.troubles).toEqual([]);
});

test('says where a refused microphone can be allowed, and listens once it is', async ({ openPage }, testInfo) => {
  // Without the switch that answers every prompt with yes, a page without permission is refused.
  const microphone = microphoneFor(QUESTION, testInfo).filter((argument) => !argument.includes('fake-ui'));
  const voice = await openPage({ microphone, chromium: ['--deny-permission-prompts'] });
  await voice.press();
  await expect(voice.status).toHaveText(/^The microphone is blocked for this site\. Click the icon/);
  await expectTypingToSearch(voice, 'server');
  await voice.field.fill('');
  await voice.context.grantPermissions(['microphone']);
  await voice.page.getByRole('button', { name: 'Retry' }).click();
  expect(await voice.heardText()).toMatch(/^What.*weather like\?$/);
  expect(voice.troubles).toEqual([]);
});

test('keeps what was said while the server is down, and reads it when it is back', async ({ openPageHearing }) => {
  const server = await new OssicleServer().start();
  try {
    const voice = await openPageHearing(QUESTION, { origin: server.origin });
    await voice.warm();
    await server.kill();
    await voice.press();
    await expect(voice.status).toContainText("can't be reached.", { timeout: 20_000 });
    await expectTypingToSearch(voice, 'device');
    await server.start();
    await expectTextAfterRetry(voice);
  } finally {
    await server.kill();
  }
});

const STRANGE_ANSWERS: readonly { name: string; answer: StrangeAnswer; words: RegExp }[] = [
  {
    name: 'says that the server failed when it answers 500',
    answer: { status: 500, contentType: 'application/json', body: '{"error":{"message":"out of memory"}}' },
    words: /failed while transcribing\./,
  },
  {
    name: 'says that something is in the way when a page comes instead of a transcription',
    answer: { status: 200, contentType: 'text/html', body: '<!doctype html><title>Sign in</title>' },
    words: /answered, but not with a transcription\./,
  },
];

for (const { name, answer, words } of STRANGE_ANSWERS) {
  test(`${name}, and reads what was said once that is over`, async ({ openPageHearing, server }) => {
    const door = await FrontDoor.open(server.origin);
    try {
      const voice = await openPageHearing(QUESTION, { origin: door.origin });
      door.answer = answer;
      await voice.press();
      await expect(voice.status).toHaveText(words, { timeout: 20_000 });
      expect(door.answeredCount).toBeGreaterThan(0);
      await expectTypingToSearch(voice, 'server');
      door.answer = undefined;
      await expectTextAfterRetry(voice);
    } finally {
      await door.close();
    }
  });
}

test('says that the page is offline, and reads what was said when it is back', async ({ openPageHearing }) => {
  const voice = await openPageHearing(QUESTION);
  await voice.warm();
  await voice.context.setOffline(true);
  await expect(voice.status).toHaveText('You are offline. Typing still searches.');
  await expectTypingToSearch(voice, 'device');
  await voice.field.fill('');
  await voice.press();
  await expect(voice.status).toHaveText(/^You are offline, so this was not sent\./, { timeout: 20_000 });
  await voice.context.setOffline(false);
  await voice.heardText();
  await expect(voice.transcript).toHaveText(/weather/);
});
