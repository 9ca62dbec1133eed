import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CHROMIUM_ARGUMENTS, findChromium } from '../chromium.mjs';
import type { Engine } from './engine.ts';

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

type Call = (method: string, params?: object, sessionId?: string) => Promise<Readonly<Record<string, unknown>>>;

/**
 * Chromium with the system's microphones, always allowed, as people run it: driven over its own protocol, because test
 * tools keep every page visible and none aside.
 */
export async function openChromium(environment: Readonly<Record<string, string>>): Promise<Engine> {
  const profile = mkdtempSync(join(tmpdir(), 'ossicle-chromium-'));
  const browser = spawn(
    findChromium() ?? 'chromium',
    [
      ...['--headless=new', '--remote-debugging-pipe', `--user-data-dir=${profile}`],
      ...[...CHROMIUM_ARGUMENTS, '--use-fake-ui-for-media-stream', 'about:blank'],
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
  );
  const { call, events } = connect(browser);
  const { product } = await call('Browser.getVersion');
  const { targetId, sessionId } = await openTab(call);
  await call('Page.enable', {}, sessionId);
  const { targetId: otherTab } = await openTab(call);
  await call('Target.activateTarget', { targetId });
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = (await call(
      'Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true },
      sessionId,
    )) as { readonly result: { readonly value: T }; readonly exceptionDetails?: { readonly text: string } };
    if (exceptionDetails !== undefined) throw new Error(`Chromium: ${expression}: ${exceptionDetails.text}`);
    return result.value;
  };
  return {
    name: 'Chromium',
    version: String(product).split('/')[1] ?? String(product),
    goto: async (url) => {
      const loaded = once(events, `${sessionId} Page.loadEventFired`);
      await call('Page.navigate', { url }, sessionId);
      await loaded;
    },
    evaluate,
    click: async (selector) => {
      const { x, y } = await evaluate<{ readonly x: number; readonly y: number }>(
        `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
      );
      const button = { x, y, button: 'left', clickCount: 1 };
      await call('Input.dispatchMouseEvent', { type: 'mousePressed', ...button }, sessionId);
      await call('Input.dispatchMouseEvent', { type: 'mouseReleased', ...button }, sessionId);
    },
    hide: async () => void (await call('Target.activateTarget', { targetId: otherTab })),
    show: async () => void (await call('Target.activateTarget', { targetId })),
    close: async () => {
      const gone = once(browser, 'exit');
      await call('Browser.close').catch(() => browser.kill());
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function openTab(call: Call): Promise<{ readonly targetId: string; readonly sessionId: string }> {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  return { targetId: String(targetId), sessionId: String(sessionId) };
}

/** Speaks the protocol over the pipes that the browser was started with. */
function connect(browser: ChildProcess): { readonly call: Call; readonly events: NodeJS.EventEmitter } {
  const outward = browser.stdio[3] as Writable;
  const inward = browser.stdio[4] as Readable;
  const waiting = new Map<
    number,
    { resolve(result: Readonly<Record<string, unknown>>): void; reject(error: Error): void }
  >();
  let received = '';
  let callCount = 0;
  inward.setEncoding('utf8').on('data', (part: string) => {
    const messages = (received + part).split('\0');
    received = messages.pop() ?? '';
    for (const message of messages) {
      const { id, method, sessionId, result, error }: Reply = JSON.parse(message);
      if (method !== undefined) inward.emit(`${sessionId} ${method}`);
      const call = id === undefined ? undefined : waiting.get(id);
      if (error !== undefined) call?.reject(new Error(error.message));
      else call?.resolve(result ?? {});
    }
  });
  return {
    call: (method, params = {}, sessionId = undefined) =>
      new Promise((resolve, reject) => {
        callCount++;
        waiting.set(callCount, { resolve, reject });
        outward.write(`${JSON.stringify({ id: callCount, method, params, sessionId })}\0`);
      }),
    events: inward,
  };
}
