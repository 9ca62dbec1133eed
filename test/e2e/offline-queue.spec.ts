import type { TestInfo } from 'playwright/test';
import { FrontDoor } from './front-door.ts';
import { microphoneArguments, writeScene } from './recording.ts';
import type { VoicePage } from './voice-page.ts';
import { expect, test } from './voice-test.ts';

const SAID = [
  { clip: 'whats_the_weather_like.flac', heard: /^What.*weather like/ },
  { clip: 'LJ001-0008.flac', heard: /never been surpassed/i },
  { clip: 'librivox_sense_0880.flac', heard: /he was not an ill.disposed young man/i },
] as const;

const DOWN = { status: 503, contentType: 'application/json', body: '{"error":{"message":"busy"}}' } as const;

/** A microphone whose recording can be changed between presses. */
class ChangingMicrophone {
  readonly switches: readonly string[];
  readonly #path: string;

  constructor(testInfo: TestInfo) {
    this.#path = testInfo.outputPath('microphone.wav');
    this.switches = microphoneArguments(this.#path);
    this.play(SAID[0].clip);
  }

  play(clip: string): void {
    writeScene({ clip, leadSeconds: 0.7, tailSeconds: 1.5 }, this.#path);
  }
}

function headingFor(count: number, rest: string): string {
  return count === 1 ? `1 query waits ${rest}` : `${count} queries wait ${rest}`;
}

/** Says all of {@link SAID} and waits until each is queued. */
async function sayAll(voice: VoicePage, microphone: ChangingMicrophone, rest: string): Promise<void> {
  for (const [index, { clip }] of SAID.entries()) {
    microphone.play(clip);
    await voice.press();
    await expect(voice.waitingHeading).toHaveText(headingFor(index + 1, rest), { timeout: 20_000 });
    // The press button is free again.
    await expect(voice.microphone).toHaveAttribute('aria-pressed', 'false');
  }
}

async function expectLateTexts(voice: VoicePage, texts: readonly { readonly heard: RegExp }[]): Promise<void> {
  await expect(voice.lateTexts).toHaveText(
    texts.map(({ heard }) => heard),
    { timeout: 20_000 },
  );
}

test('keeps three spoken queries while offline over a reload, and answers each once and in order when it is back', async ({
  openPage,
  server,
}, testInfo) => {
  const door = await FrontDoor.open(server.origin);
  try {
    const microphone = new ChangingMicrophone(testInfo);
    const voice = await openPage({ microphone: microphone.switches, origin: door.origin });
    await voice.keepUnsentSpeech(true);
    await voice.warm();
    await voice.context.setOffline(true);
    await sayAll(voice, microphone, 'for the connection');
    await expect(voice.status).toHaveText(/^You are offline, so this was not sent\..*wait on this device/);
    // The page goes away with the network still off; a page comes back that finds a network, but no recogniser.
    await voice.page.goto('about:blank');
    // Down before the network is back: the service worker sends in the background as soon as it can.
    door.answer = DOWN;
    await voice.context.setOffline(false);
    await voice.page.goto(door.origin);
    await expect(voice.waitingHeading).toHaveText('3 queries wait to be sent');
    await voice.page.getByRole('button', { name: 'Send now' }).click();
    await expect(voice.page.locator('#announcer')).toHaveText('Not sent. 3 parts still wait.', { timeout: 20_000 });
    await voice.page.reload();
    await expect(voice.waitingHeading).toHaveText('3 queries wait to be sent');
    door.answer = undefined;
    door.askedKeys.length = 0;
    await voice.page.getByRole('button', { name: 'Send now' }).click();
    await expectLateTexts(voice, SAID);
    await expect(voice.waitingHeading).toBeHidden();
    expect(new Set(door.askedKeys).size).toBe(3);
    await voice.lateTexts.nth(1).click();
    await expect(voice.field).toHaveValue(/never been surpassed/i);
    // Once: neither the next page nor the one after it hears of it again.
    await voice.page.reload();
    await expect(voice.microphone).toBeVisible();
    await voice.warm();
    await expect(voice.lateTexts).toHaveCount(0);
    expect(new Set(door.askedKeys).size).toBe(3);
  } finally {
    await door.close();
  }
});

test('keeps them in memory when nobody wants them on the device, says so, asks once, and moves them when told', async ({
  openPage,
  server,
}, testInfo) => {
  const door = await FrontDoor.open(server.origin);
  try {
    const microphone = new ChangingMicrophone(testInfo);
    const voice = await openPage({ microphone: microphone.switches, origin: door.origin });
    await voice.warm();
    door.answer = DOWN;
    await sayAll(voice, microphone, 'to be sent');
    const note = voice.page.locator('#queue-note');
    await expect(note).toHaveText('Kept only while this page is open.');
    const yes = voice.page.getByRole('button', { name: 'Keep on this device' });
    await expect(yes).toBeVisible();
    // By keyboard: one deleted, then the others to the device.
    await voice.page
      .getByRole('button', { name: /^Delete what you said at/ })
      .first()
      .focus();
    await voice.page.keyboard.press('Enter');
    await expect(voice.waitingHeading).toHaveText('2 queries wait to be sent');
    await expect(voice.waitingHeading).toBeFocused();
    await voice.page.keyboard.press('Tab');
    await expect(yes).toBeFocused();
    await voice.page.keyboard.press('Enter');
    await expect(note).toHaveText(/^Kept on this device until sent/);
    await expect(yes).toBeHidden();
    await voice.inSettings(() => expect(voice.keepUnsent).toBeChecked());
    await voice.page.reload();
    await expect(voice.waitingHeading).toHaveText('2 queries wait to be sent');
    await expect(yes).toBeHidden();
    await voice.page.getByRole('button', { name: 'Delete all' }).click();
    await expect(voice.waitingHeading).toBeHidden();
    await expect(voice.microphone).toBeFocused();
    await voice.page.reload();
    await voice.warm();
    await expect(voice.waitingHeading).toBeHidden();
  } finally {
    await door.close();
  }
});

test('puts the text of the last query into the field when it was sent by itself', async ({ openPage }, testInfo) => {
  const microphone = new ChangingMicrophone(testInfo);
  const voice = await openPage({ microphone: microphone.switches });
  await voice.keepUnsentSpeech(true);
  await voice.warm();
  await voice.context.setOffline(true);
  await sayAll(voice, microphone, 'for the connection');
  await voice.context.setOffline(false);
  await voice.heardText();
  await expect(voice.field).toHaveValue(SAID[2].heard);
  await expectLateTexts(voice, SAID.slice(0, 2));
});

test('shows what waits on a narrow screen, in the dark, without sideways scrolling', async ({ openPage }, testInfo) => {
  const microphone = new ChangingMicrophone(testInfo);
  const voice = await openPage({
    microphone: microphone.switches,
    context: { viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
  });
  await voice.warm();
  await voice.context.setOffline(true);
  await voice.press();
  await expect(voice.waitingHeading).toHaveText('1 query waits for the connection', { timeout: 20_000 });
  await voice.waitingHeading.scrollIntoViewIfNeeded();
  if (process.env['SHOTS']) await voice.page.screenshot({ path: `${process.env['SHOTS']}/narrow.png`, fullPage: true });
  expect(await voice.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  for (const button of await voice.page.locator('#queue button:visible').all()) {
    const box = await button.boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(44);
  }
});
