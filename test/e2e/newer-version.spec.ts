import { createHash } from 'node:crypto';
import { FrontDoor } from './front-door.ts';
import type { VoicePage } from './voice-page.ts';
import { expect, test } from './voice-test.ts';

const NEW_TITLE = 'Ossicle, a newer version';

/** What a newer build changes: the page, and the service worker that lists it under its checksum. */
async function newerBuild(origin: string): Promise<{ readonly html: Buffer; readonly worker: Buffer }> {
  const oldHtml = Buffer.from(await (await fetch(`${origin}/`)).arrayBuffer());
  const html = Buffer.from(oldHtml.toString().replace(/<title>.*<\/title>/, `<title>${NEW_TITLE}</title>`));
  const oldWorker = await (await fetch(`${origin}/service-worker.js`)).text();
  const version = /`([A-Za-z0-9]{12})`/.exec(oldWorker)?.[1] ?? '';
  const worker = oldWorker.replace(checksum(oldHtml), checksum(html)).replace(version, 'newerVersion');
  return { html, worker: Buffer.from(worker) };
}

function checksum(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}

async function lookForUpdate({ page }: VoicePage): Promise<void> {
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
}

function shells({ page }: VoicePage): Promise<readonly string[]> {
  return page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('ossicle-shell-')));
}

function prompt({ page }: VoicePage) {
  return page.getByRole('region', { name: 'A new version is here.' });
}

test('offers a newer version, never while somebody speaks, and brings the text of the field along', async ({
  openPageHearing,
  server,
}) => {
  const door = await FrontDoor.open(server.origin);
  try {
    const voice = await openPageHearing(
      { clip: 'whats_the_weather_like.flac', leadSeconds: 2, tailSeconds: 20, room: 'quiet' },
      { origin: door.origin },
    );
    await voice.untilKept();
    const oldTitle = await voice.page.title();
    const [oldShell] = await shells(voice);
    await voice.warm();
    const { html, worker } = await newerBuild(door.origin);
    // Held, the microphone stays open however long the update takes.
    await voice.page.mouse.down();
    await expect(voice.status).toHaveText('Listening…');
    door.changedFiles.set('/', html).set('/service-worker.js', worker);
    await lookForUpdate(voice);
    await expect
      .poll(() => voice.page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state))
      .toBe('installed');
    await expect(voice.status).toHaveText(/^(Listening|Hearing you)…/);
    await expect(prompt(voice)).toBeHidden();
    await expect(voice.status).toHaveText('Listening…');
    await voice.page.mouse.up();
    await voice.heardText();
    await expect(prompt(voice)).toBeVisible();
    // What is open goes on with its own version until it is told otherwise.
    await voice.page.reload();
    expect(await voice.page.title()).toBe(oldTitle);
    await voice.field.fill('mocha');
    await prompt(voice).getByRole('button', { name: 'Reload' }).click();
    await expect(voice.page).toHaveTitle(NEW_TITLE);
    await expect(voice.field).toHaveValue('mocha');
    await expect(voice.results.first()).toBeVisible();
    await expect(prompt(voice)).toBeHidden();
    await expect.poll(() => shells(voice)).toEqual(['ossicle-shell-newerVersion']);
    expect(oldShell).not.toBe('ossicle-shell-newerVersion');
    // What the older version kept for the microphone is there in the newer one, too.
    await voice.context.setOffline(true);
    await voice.page.reload();
    await voice.press();
    await expect(voice.status).toHaveText(/^(Listening|Hearing you)…/);
  } finally {
    await door.close();
  }
});

test('goes on with the version that it has when a newer one is there only in half', async ({ openPage, server }) => {
  const door = await FrontDoor.open(server.origin);
  try {
    const voice = await openPage({ origin: door.origin });
    await voice.untilKept();
    const before = await shells(voice);
    const oldTitle = await voice.page.title();
    const { worker } = await newerBuild(door.origin);
    // The worker of the new build, and still the page of the old one.
    door.changedFiles.set('/service-worker.js', worker);
    await voice.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const over = new Promise<void>((resolve) => {
        registration.addEventListener('updatefound', () => {
          const { installing } = registration;
          installing?.addEventListener('statechange', () => installing.state === 'redundant' && resolve());
        });
      });
      await registration.update().catch(() => undefined);
      await over;
    });
    expect(await shells(voice)).toEqual(before);
    await expect(prompt(voice)).toBeHidden();
    await voice.context.setOffline(true);
    await voice.page.reload();
    expect(await voice.page.title()).toBe(oldTitle);
    await voice.field.fill('mocha');
    await expect(voice.results.first()).toBeVisible();
  } finally {
    await door.close();
  }
});

test('offers it in a second tab, too, and leaves that alone until it agrees', async ({ openPage, server }) => {
  const door = await FrontDoor.open(server.origin);
  try {
    const voice = await openPage({ origin: door.origin });
    await voice.untilKept();
    const second = await voice.context.newPage();
    await second.goto(door.origin);
    await second.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const { html, worker } = await newerBuild(door.origin);
    door.changedFiles.set('/', html).set('/service-worker.js', worker);
    await lookForUpdate(voice);
    await prompt(voice).getByRole('button', { name: 'Reload' }).click();
    await expect(voice.page).toHaveTitle(NEW_TITLE);
    const other = second.getByRole('region', { name: 'A new version is here.' });
    await expect(other).toBeVisible();
    await expect(second).not.toHaveTitle(NEW_TITLE);
    expect(await shells(voice)).toHaveLength(2);
    await other.getByRole('button', { name: 'Reload' }).click();
    await expect(second).toHaveTitle(NEW_TITLE);
    await voice.page.close();
    await second.reload();
    await expect.poll(() => second.evaluate(() => caches.keys())).toEqual(['ossicle-shell-newerVersion']);
  } finally {
    await door.close();
  }
});
