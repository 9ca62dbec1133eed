import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGUMENTS, findChromium } from '../chromium.mjs';
import { FrontDoor } from '../e2e/front-door.ts';
import { microphoneArguments, writeScene } from '../e2e/recording.ts';
import { OssicleServer } from '../e2e/server.ts';

const QUERY_COUNT = 20;
const DOWN = { status: 503, contentType: 'application/json', body: '{"error":{"message":"busy"}}' };

let folder: string;
let server: OssicleServer;
let door: FrontDoor;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-killed-'));
  server = await new OssicleServer().start();
  door = await FrontDoor.open(server.origin);
  writeScene({ clip: 'LJ001-0008.flac', leadSeconds: 0.6, tailSeconds: 1.4 }, join(folder, 'microphone.wav'));
});
afterAll(async () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) await kill(child);
  await door.close();
  await server.kill();
  // A browser that was killed leaves helpers behind for a moment, which still write.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** A Chromium that keeps its profile, as a process that can be killed. */
async function startChromium(): Promise<{
  readonly child: ChildProcess;
  readonly browser: Browser;
  readonly page: Page;
}> {
  const program = findChromium();
  if (program === undefined) throw new Error('No Chromium was found.');
  const child = spawn(
    program,
    [
      ...['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${join(folder, 'profile')}`],
      ...[...CHROMIUM_ARGUMENTS, ...microphoneArguments(join(folder, 'microphone.wav')), 'about:blank'],
    ],
    // A process group of its own: the browser's helpers die with it.
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  running.push(child);
  for await (const line of createInterface(child.stderr!)) {
    const endpoint = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (endpoint === undefined) continue;
    child.stderr!.resume();
    const browser = await chromium.connectOverCDP(endpoint);
    const context = browser.contexts()[0]!;
    return { child, browser, page: context.pages()[0] ?? (await context.newPage()) };
  }
  throw new Error('Chromium did not start.');
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  process.kill(-child.pid!, 'SIGKILL');
  await gone;
}

describe('a browser that is killed with twenty queries waiting', () => {
  it('has each sent once, and its text told once, after it is started again on the same profile', async () => {
    const first = await startChromium();
    await first.page.goto(door.origin);
    await first.page.getByRole('button', { name: 'Settings' }).click();
    await first.page.locator('#queue-offline').check();
    await first.page.getByRole('button', { name: 'Done' }).click();
    door.answer = DOWN;
    for (let query = 1; query <= QUERY_COUNT; query++) {
      // A press while the last query is still heard would end that one.
      await first.page.locator('#mic-button[aria-pressed="false"]').click();
      await first.page
        .locator('#queue-list li')
        .nth(query - 1)
        .waitFor({ timeout: 30_000 });
    }
    await kill(first.child);
    await first.browser.close().catch(() => undefined);
    door.answer = undefined;
    door.askedKeys.length = 0;

    const second = await startChromium();
    await second.page.goto(door.origin);
    const texts = second.page.locator('#late-list li');
    await texts.nth(QUERY_COUNT - 1).waitFor({ timeout: 60_000 });
    expect(await texts.count()).toBe(QUERY_COUNT);
    expect(await second.page.locator('#queue').isHidden()).toBe(true);
    expect(door.askedKeys).toHaveLength(QUERY_COUNT);
    expect(new Set(door.askedKeys).size).toBe(QUERY_COUNT);
    expect(await texts.allTextContents()).toEqual(
      Array(QUERY_COUNT).fill(expect.stringMatching(/never been surpassed/i)),
    );

    // Killed once more, right after it told them: nothing is sent or told again.
    await kill(second.child);
    await second.browser.close().catch(() => undefined);
    const third = await startChromium();
    await third.page.goto(door.origin);
    await third.page.locator('#mic-button').hover();
    await third.page.waitForLoadState('networkidle');
    expect(await third.page.locator('#late-list li').count()).toBe(0);
    expect(door.askedKeys).toHaveLength(QUERY_COUNT);
    await kill(third.child);
  });
});
