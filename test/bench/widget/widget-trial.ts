import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import type { Ms } from '../../../src/units.ts';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../chromium.mjs';
import { microphoneArguments } from '../../e2e/recording.ts';

/** What the page notes of itself, before its own scripts run. */
const NOTES = `
  globalThis.notes = { pressedAtMs: 0, listeningAtMs: 0, stoppedAtMs: 0, states: [], violations: [], longTaskMs: [], longSince: 0 };
  addEventListener('pointerdown', ({ timeStamp }) => { notes.pressedAtMs = timeStamp; notes.listeningAtMs = 0; }, true);
  addEventListener('vs-state', ({ detail: { state } }) => {
    notes.states.push(state);
    if (state === 'listening') notes.listeningAtMs = performance.now();
  });
  addEventListener('securitypolicyviolation', ({ effectiveDirective }) => notes.violations.push(effectiveDirective));
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) notes.longTaskMs.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const { stop } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.stop = function () {
    stop.call(this);
    notes.stoppedAtMs = performance.now();
  };
  globalThis.voice = () => document.querySelector('voice-search');
`;

/** After the last file has come, it is compiled: a person moves a finger in this time. */
const COMPILE_MS: Ms = 300;

/** One file that the page asked for. */
export interface FetchedPart {
  readonly name: string;
  readonly bytes: number;
}

/** A Chromium whose microphone plays a file from its start whenever it is opened, and is always allowed. */
export function openBrowser(microphonePath: string): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    args: [...CHROMIUM_ARGUMENTS, ...microphoneArguments(microphonePath)],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}

/** A site's page with the tag, in a profile of its own. */
export class WidgetTrial {
  readonly #page: Page;
  readonly #session: CDPSession;
  readonly fetched: FetchedPart[] = [];

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
    page.on('response', (response) => {
      void response.body().then(
        (body) => this.fetched.push({ name: new URL(response.url()).pathname, bytes: body.length }),
        () => undefined,
      );
    });
  }

  /** @param slower Makes the page's main thread so many times slower, from its first script on. */
  static async open(browser: Browser, origin: string, slower: number = 1): Promise<WidgetTrial> {
    const page = await (await browser.newContext()).newPage();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
    const trial = new WidgetTrial(page, session);
    await page.addInitScript(NOTES);
    await page.goto(origin);
    await page.waitForLoadState('networkidle');
    return trial;
  }

  /** Points at the microphone, and waits until all that a press needs is there. */
  async pointAt(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Search by voice' }).hover();
    await this.#until("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('.wasm'))");
    await this.#page.waitForTimeout(COMPILE_MS);
  }

  async press(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Search by voice' }).click();
  }

  /** @returns From the press to the state `listening`. */
  async listeningMs(): Promise<Ms> {
    await this.#until('notes.listeningAtMs > 0');
    return this.#page.evaluate<Ms>('notes.listeningAtMs - notes.pressedAtMs');
  }

  /** Runs a script, and waits. @returns From its start to the last track's stop. */
  async stoppedMs(script: string): Promise<Ms> {
    await this.#page.evaluate(`notes.stoppedAtMs = 0, notes.calledAtMs = performance.now(), ${script}`);
    await this.#until('notes.stoppedAtMs > 0');
    return this.#page.evaluate<Ms>('notes.stoppedAtMs - notes.calledAtMs');
  }

  /** Waits until the element is in one of the states. */
  async reaches(...states: readonly string[]): Promise<void> {
    await this.#until(`${JSON.stringify(states)}.includes(voice().state)`);
  }

  async evaluate<T>(expression: string): Promise<T> {
    return this.#page.evaluate<T>(expression);
  }

  /** Bytes of the page's heap after a collection. */
  async heapBytes(): Promise<number> {
    await this.#session.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }

  /** Asks from outside: a strict policy lets nobody evaluate text inside the page. */
  async #until(condition: string): Promise<void> {
    const deadlineMs = performance.now() + 60_000;
    while (!(await this.#page.evaluate<boolean>(condition))) {
      if (performance.now() > deadlineMs) throw new Error(`The page does not come to "${condition}".`);
      await this.#page.waitForTimeout(20);
    }
  }
}
