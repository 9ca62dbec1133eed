import { FrontDoor } from './front-door.ts';
import type { VoicePage } from './voice-page.ts';
import { expect, test } from './voice-test.ts';

const QUESTION = { clip: 'whats_the_weather_like.flac', leadSeconds: 0.7, tailSeconds: 1.5 } as const;
const DOWN = { status: 503, contentType: 'application/json', body: '{"error":{"message":"busy"}}' } as const;

/** Blocks all site data, as people can in the settings of their browser. */
const NO_SITE_DATA = { profile: { default_content_setting_values: { cookies: 2 } } };

async function expectTextFromMemory(voice: VoicePage, words: RegExp): Promise<void> {
  await expect(voice.waitingHeading).toHaveText('1 query waits for the connection', { timeout: 20_000 });
  await expect(voice.page.locator('#queue-note')).toHaveText(words);
  await voice.context.setOffline(false);
  expect(await voice.heardText()).toMatch(/^What.*weather like/);
  await expect(voice.waitingHeading).toBeHidden();
}

test('says that a browser without site data keeps speech only while the page is open, and sends it from there', async ({
  openPageHearing,
}) => {
  const voice = await openPageHearing(QUESTION, { preferences: NO_SITE_DATA });
  await voice.keepUnsentSpeech(true);
  await voice.warm();
  await voice.context.setOffline(true);
  await voice.press();
  await expectTextFromMemory(voice, /^This browser gives the page no storage/);
});

test('says that the disk is full, and keeps speech while the page is open', async ({ openPageHearing }) => {
  const voice = await openPageHearing(QUESTION);
  const session = await voice.context.newCDPSession(voice.page);
  const origin = new URL(voice.page.url()).origin;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 20_000 });
  await voice.keepUnsentSpeech(true);
  await voice.warm();
  await voice.context.setOffline(true);
  await voice.press();
  await expectTextFromMemory(voice, /^The storage of this device is full/);
});

test('is sent by the service worker while no page is open, and the next page shows its text', async ({
  openPageHearing,
  server,
}) => {
  const door = await FrontDoor.open(server.origin);
  try {
    const voice = await openPageHearing(QUESTION, { origin: door.origin });
    const { page, context } = voice;
    const session = await context.newCDPSession(page);
    const registrationId = new Promise<string>((resolve) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [registration] = registrations;
        if (registration !== undefined) resolve(registration.registrationId);
      });
    });
    await session.send('ServiceWorker.enable');
    await voice.keepUnsentSpeech(true);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    door.answer = DOWN;
    await voice.press();
    await expect(voice.waitingHeading).toHaveText('1 query waits to be sent', { timeout: 20_000 });
    const tags = await page.evaluate(async () => {
      const registration = (await navigator.serviceWorker.ready) as unknown as {
        readonly sync: { getTags(): Promise<string[]> };
      };
      return await registration.sync.getTags();
    });
    expect(tags).toEqual(['ossicle-outbox']);
    await page.goto('about:blank');
    door.answer = undefined;
    const [key] = door.askedKeys;
    door.askedKeys.length = 0;
    const tag = 'ossicle-outbox';
    await session.send('ServiceWorker.dispatchSyncEvent', {
      ...{ origin: door.origin, registrationId: await registrationId, tag, lastChance: false },
    });
    await expect.poll(() => door.askedKeys, { timeout: 20_000 }).toEqual([key]);
    await page.goto(door.origin);
    await expect(voice.lateTexts).toHaveText([/weather like/], { timeout: 20_000 });
    expect(door.askedKeys).toEqual([key]);
  } finally {
    await door.close();
  }
});
