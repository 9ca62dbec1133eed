import { readFileSync } from 'node:fs';
import { countClipErrors } from '../../src/evaluation/word-error-rate.ts';
import { clipFacts, sceneSamples, wavFile } from './recording.ts';
import type { VoicePage } from './voice-page.ts';
import { expect, test } from './voice-test.ts';

const CLIP = '8b705c12.flac';

/** What a system posts to the app when another program shares something. */
interface Shared {
  readonly words?: Readonly<Record<string, string>>;
  readonly file?: { readonly name: string; readonly type: string; readonly content: Uint8Array };
}

/** Posts it as the system does: a navigation with a form of several parts. */
async function share({ page }: VoicePage, { words = {}, file }: Shared): Promise<void> {
  const given = file && { ...file, content: Buffer.from(file.content).toString('base64') };
  await page.evaluate(
    async ({ words, given }) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '/share';
      form.enctype = 'multipart/form-data';
      for (const [name, value] of Object.entries(words)) {
        const input = Object.assign(document.createElement('input'), { name, value });
        form.append(input);
      }
      if (given !== undefined) {
        const bytes = Uint8Array.from(atob(given.content), (letter) => letter.charCodeAt(0));
        const files = new DataTransfer();
        files.items.add(new File([bytes], given.name, { type: given.type }));
        const input = Object.assign(document.createElement('input'), { type: 'file', name: 'recording' });
        input.files = files.files;
        form.append(input);
      }
      document.body.append(form);
      form.submit();
    },
    { words, given },
  );
}

function notice({ page }: VoicePage, words: RegExp) {
  return page.getByRole('region', { name: words });
}

test('searches for words that another app shares', async ({ openPage }) => {
  const voice = await openPage();
  await voice.untilKept();
  await share(voice, { words: { title: 'A page', text: 'oat milk', url: 'https://example.com/' } });
  await expect(voice.field).toHaveValue('oat milk');
  await expect(voice.results.first()).toBeVisible();
});

test('recognises a recording that another app shares, searches for it, and keeps nothing of it', async ({
  openPage,
}) => {
  const voice = await openPage();
  await voice.untilKept();
  const content = readFileSync(new URL(`../fixtures/audio/${CLIP}`, import.meta.url));
  await share(voice, { words: { title: 'Voice memo' }, file: { name: 'memo.flac', type: 'audio/flac', content } });
  await expect(voice.results.first()).toBeVisible({ timeout: 20_000 });
  const { editCount } = countClipErrors(clipFacts(CLIP).transcript, await voice.field.inputValue(), 'english');
  expect(editCount).toBeLessThanOrEqual(1);
  expect(voice.page.url()).not.toContain('shared');
  expect(voice.troubles).toEqual([]);
  const kept = await voice.page.evaluate(async () => {
    const names = await caches.keys();
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().filter(({ url }) => /\/share$|shared=/.test(url));
  });
  expect(kept).toEqual([]);
});

test('says what is wrong with a shared file that is no sound, or too long, or holds no speech', async ({
  openPage,
}) => {
  const voice = await openPage();
  await voice.untilKept();
  const page = readFileSync(new URL('../../src/app/index.html', import.meta.url));
  await share(voice, { file: { name: 'song.mp3', type: 'audio/mpeg', content: page } });
  await expect(notice(voice, /^'song\.mp3' is no sound that this browser can read\./)).toBeVisible();
  await voice.page.getByRole('button', { name: 'Close' }).click();
  await expect(notice(voice, /song\.mp3/)).toBeHidden();
  await expect(voice.microphone).toBeFocused();

  const minute = wavFile(sceneSamples({ leadSeconds: 61, room: 'quiet' }));
  await share(voice, { file: { name: 'long.wav', type: 'audio/wav', content: minute } });
  await expect(notice(voice, /^'long\.wav' is too long: a shared recording may last 60 seconds\./)).toBeVisible();

  const room = wavFile(sceneSamples({ leadSeconds: 2, room: 'quiet' }));
  await share(voice, { file: { name: 'room.wav', type: 'audio/wav', content: room } });
  await expect(notice(voice, /^There is no speech in 'room\.wav'\.$/)).toBeVisible();
});

test('sends nothing of a shared recording when speech is recognised on the device', async ({ openPage }) => {
  test.setTimeout(120_000);
  const voice = await openPage();
  await voice.untilKept();
  await voice.inSettings((settings) => settings.getByText('On this device', { exact: true }).click());
  const content = wavFile(sceneSamples({ clip: CLIP }));
  await share(voice, { file: { name: 'memo.wav', type: 'audio/wav', content } });
  await expect(voice.results.first()).toBeVisible({ timeout: 60_000 });
  const { editCount } = countClipErrors(clipFacts(CLIP).transcript, await voice.field.inputValue(), 'english');
  expect(editCount).toBeLessThanOrEqual(2);
  expect(await voice.sentBytes()).toBe(0);
});

test('says that a shared file is gone when it was taken already', async ({ openPage }) => {
  const voice = await openPage();
  await voice.untilKept();
  await voice.page.goto(`${new URL(voice.page.url()).origin}/?shared=taken-already`);
  await expect(notice(voice, /^The shared file did not arrive\. Share it again\.$/)).toBeVisible();
});
