import { documentedCode } from '../documented-code.ts';
import { OssicleServer } from './server.ts';
import { expect, test } from './voice-test.ts';
import { WidgetSite } from './widget-site.ts';

const page = documentedCode().find(
  ({ place, language }) => place.startsWith('docs/getting-started.md') && language === 'html',
);

test('the page of "Getting started" has voice search, as it stands there', async ({ openPageHearing }) => {
  if (page === undefined) throw new Error('docs/getting-started.md holds no page.');
  const site = await new WidgetSite().start();
  // As the page's readers are told to start it.
  const speech = await new OssicleServer(['--allow-origin', 'http://localhost:3000']).start();
  site.page = page.code;
  // The addresses on the page are other people's here: the browser takes them to where both are.
  const places = [
    `MAP localhost:3000 ${new URL(site.origin).host}`,
    `MAP localhost:8790 ${new URL(speech.origin).host}`,
  ];
  const voice = await openPageHearing(
    { clip: '8b705c12.flac' },
    { origin: 'http://localhost:3000', chromium: [`--host-resolver-rules=${places.join(', ')}`] },
  );
  await voice.microphone.click();
  await expect(voice.page.locator('#wanted')).toHaveText(/^You want: .*large,? iced coffee with milk/, {
    timeout: 40_000,
  });
  await voice.page.getByRole('searchbox').fill('tea');
  await voice.page.keyboard.press('Enter');
  await expect(voice.page.locator('#wanted')).toHaveText('You want: tea');
  expect(voice.troubles).toEqual([]);
  await speech.kill();
  await site.stop();
});
