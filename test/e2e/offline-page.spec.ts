import { FrontDoor } from './front-door.ts';
import type { VoicePage } from './voice-page.ts';
import { expect, test } from './voice-test.ts';

const QUESTION = { clip: 'whats_the_weather_like.flac', leadSeconds: 0.7, tailSeconds: 1.5 } as const;

function keptPaths({ page }: VoicePage): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('ossicle-shell-'));
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().map(({ url }) => new URL(url).pathname);
  });
}

test('reloads and searches without a network, once it was opened, and has fetched nothing for the microphone', async ({
  openPage,
}) => {
  const voice = await openPage();
  await voice.untilKept();
  const paths = await keptPaths(voice);
  expect(paths).toContain('/');
  expect(paths.filter((path) => /silero|worker|processor|ort-wasm|models/.test(path))).toEqual([]);
  await voice.context.setOffline(true);
  await voice.page.reload();
  await expect(voice.status).toHaveText('You are offline. Typing still searches.');
  await voice.field.fill('oat milk');
  await expect(voice.results.first()).toBeVisible();
  await expect(voice.page.locator('#results-note')).toHaveText('Searched on this device');
  expect(voice.troubles).toEqual([]);
});

test('is isolated from other origins without a network, too', async ({ openPage }) => {
  const voice = await openPage();
  await voice.untilKept();
  await voice.context.setOffline(true);
  await voice.page.reload();
  expect(await voice.page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('hears and queues speech after a reload without a network, and sends it exactly once', async ({
  openPageHearing,
  server,
}) => {
  const door = await FrontDoor.open(server.origin);
  try {
    const voice = await openPageHearing(QUESTION, { origin: door.origin });
    await voice.untilKept();
    await voice.keepUnsentSpeech(true);
    await voice.warm();
    await expect.poll(() => keptPaths(voice)).toContainEqual(expect.stringContaining('stored-outbox'));
    // Not even the browser's own cache is there to help.
    const session = await voice.context.newCDPSession(voice.page);
    await session.send('Network.clearBrowserCache');
    await session.detach();
    await voice.context.setOffline(true);
    await voice.page.reload();
    await voice.press();
    await expect(voice.waitingHeading).toHaveText('1 query waits for the connection', { timeout: 20_000 });
    await voice.page.reload();
    await expect(voice.waitingHeading).toHaveText('1 query waits for the connection');
    expect(door.askedKeys).toEqual([]);
    await voice.context.setOffline(false);
    await expect(voice.lateTexts).toHaveText([/weather like/], { timeout: 20_000 });
    await voice.page.reload();
    await voice.warm();
    expect(door.askedKeys).toHaveLength(1);
  } finally {
    await door.close();
  }
});

test('keeps what the microphone needs though it was fetched before the service worker was there', async ({
  openPage,
}) => {
  const voice = await openPage({ prepare: holdServiceWorker });
  await voice.warm();
  await voice.page.evaluate('releaseServiceWorker()');
  await expect.poll(() => keptPaths(voice)).toContainEqual(expect.stringContaining('speech-processor'));
  await expect.poll(() => keptPaths(voice)).toContainEqual(expect.stringContaining('silero-v6-fp16'));
  expect(await keptPaths(voice)).not.toContainEqual(expect.stringContaining('silero-v6-int8'));
});

/** Runs in the page before its own script: the registration waits until it is let go, as on a slow network. */
function holdServiceWorker(): void {
  const { register } = ServiceWorkerContainer.prototype;
  const held = new Promise<void>((resolve) => {
    Object.assign(window, { releaseServiceWorker: resolve });
  });
  ServiceWorkerContainer.prototype.register = async function (...args) {
    await held;
    return await register.apply(this, args);
  };
}
