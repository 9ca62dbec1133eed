import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Engine } from './engine.ts';

const BROWSER = new URL('webkit-browser.py', import.meta.url).pathname;
const ELEMENT_KEY = 'element-6066-11e4-a52e-4f735466cecf';

/** WebKitGTK, with the system's microphones, always allowed: a small browser of ours, driven by WebDriver. */
export async function openWebKit(environment: Readonly<Record<string, string>>): Promise<Engine> {
  const profile = mkdtempSync(join(tmpdir(), 'ossicle-webkit-'));
  const screen = await startScreen();
  const port = await freePort();
  const driver = spawn('dbus-run-session', ['--', 'WebKitWebDriver', '-p', String(port)], {
    stdio: 'ignore',
    // The session's bus and the driver are its children: they end as one group.
    detached: true,
    env: {
      ...process.env,
      ...environment,
      DISPLAY: screen.display,
      WEBKIT_BROWSER_PROFILE: profile,
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  });
  const call = caller(`http://127.0.0.1:${port}`);
  const close = async (): Promise<void> => {
    for (const child of [driver, screen.process]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      if (child === driver && child.pid !== undefined) process.kill(-child.pid);
      else child.kill();
      await gone;
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    for (let attempt = 0; !(await call('GET', '/status').then(Boolean, () => false)); attempt++) {
      if (attempt === 50) throw new Error('WebKitWebDriver did not start.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const opened = (await call('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: BROWSER, args: [] } } },
    })) as { readonly sessionId: string; readonly capabilities: { readonly browserVersion: string } };
    const session = `/session/${opened.sessionId}`;
    // A script whose page goes away while it runs is never answered.
    await call('POST', `${session}/timeouts`, { script: 3_000 });
    return {
      name: 'WebKitGTK',
      version: opened.capabilities.browserVersion,
      goto: async (url) => void (await call('POST', `${session}/url`, { url })),
      click: async (selector) => {
        const element = (await call('POST', `${session}/element`, { using: 'css selector', value: selector })) as {
          readonly [ELEMENT_KEY]: string;
        };
        await call('POST', `${session}/element/${element[ELEMENT_KEY]}/click`, {});
      },
      evaluate: async <T>(expression: string): Promise<T> =>
        JSON.parse(
          String(
            await call('POST', `${session}/execute/async`, {
              script: `const done = arguments[0]; Promise.resolve(${expression}).then((value) => done(JSON.stringify(value ?? null)), (error) => done(JSON.stringify(String(error))));`,
              args: [],
            }),
          ),
        ),
      // Our browser hides and shows its window when the page's title asks for it.
      hide: async () =>
        void (await call('POST', `${session}/execute/sync`, { script: "document.title = 'hide'", args: [] })),
      show: async () =>
        void (await call('POST', `${session}/execute/sync`, { script: "document.title = 'show'", args: [] })),
      close: async () => {
        await call('DELETE', session).catch(() => undefined);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function caller(origin: string): (method: string, path: string, body?: unknown) => Promise<unknown> {
  return async (method, path, body) => {
    const response = await fetch(origin + path, {
      method,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as {
      readonly value: { readonly error?: string; readonly message?: string } | null;
    };
    if (typeof value === 'object' && value?.error !== undefined) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
}

/** A screen that nobody sees. */
async function startScreen(): Promise<{ readonly display: string; readonly process: ChildProcess }> {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1000x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const pipe = child.stdio[3];
  if (pipe === null || pipe === undefined || !('read' in pipe))
    throw new Error('Xvfb has no pipe to tell its display.');
  for await (const line of createInterface(pipe)) return { display: `:${line.trim()}`, process: child };
  throw new Error('Xvfb did not start.');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}
