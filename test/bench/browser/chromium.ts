import { existsSync, readFileSync } from 'node:fs';
import { type Browser, type CDPSession, chromium } from 'playwright';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../chromium.mjs';
import { microphoneArguments } from '../../e2e/recording.ts';
import { type ContestantName, TrialPage } from './trial-page.ts';

/** Processor time that one process has used. */
interface ProcessTime {
  readonly type: string;
  readonly id: number;
  readonly cpuTime: number;
}

/** Processor seconds of all processes of the browser, and which renderer used most of them. */
export interface BrowserCpu {
  readonly seconds: number;
  readonly byProcess: ReadonlyMap<number, ProcessTime>;
}

/** The one Chromium of a run; its microphone plays the file from its start whenever it is opened. */
export class BenchChromium {
  readonly #browser: Browser;
  readonly #session: CDPSession;

  private constructor(browser: Browser, session: CDPSession) {
    this.#browser = browser;
    this.#session = session;
  }

  static async open(microphonePath: string): Promise<BenchChromium> {
    const executablePath = findChromium();
    const browser = await chromium.launch({
      args: [
        ...CHROMIUM_ARGUMENTS,
        ...microphoneArguments(microphonePath),
        // Memory is told when it is asked for, and not up to 20 s later.
        '--enable-blink-features=ForceEagerMeasureMemory',
      ],
      ...(executablePath === undefined ? {} : { executablePath }),
    });
    return new BenchChromium(browser, await browser.newBrowserCDPSession());
  }

  get version(): string {
    return this.#browser.version();
  }

  /** A contestant's page in a profile of its own: nothing is cached, nothing compiled. */
  async newPage(name: ContestantName, origin: string, query = ''): Promise<TrialPage> {
    const context = await this.#browser.newContext();
    return TrialPage.open(await context.newPage(), name, `${origin}/${name}.html${query}`);
  }

  /** A page of the site that is no contestant. */
  async evaluateOn<T>(url: string, expression: string): Promise<T> {
    const context = await this.#browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(url);
      return await page.evaluate<T>(expression);
    } finally {
      await context.close();
    }
  }

  async cpu(): Promise<BrowserCpu> {
    const { processInfo } = await this.#session.send('SystemInfo.getProcessInfo');
    const byProcess = new Map(processInfo.map((process) => [process.id, process] as const));
    return { seconds: processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0), byProcess };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** The renderer that worked most between two looks: the one of the page under test. */
export function busiestRenderer(before: BrowserCpu, after: BrowserCpu): number | undefined {
  let busiest: { readonly id: number; readonly seconds: number } | undefined;
  for (const { id, type, cpuTime } of after.byProcess.values()) {
    const seconds = cpuTime - (before.byProcess.get(id)?.cpuTime ?? 0);
    if (type === 'renderer' && seconds > (busiest?.seconds ?? -1)) busiest = { id, seconds };
  }
  return busiest?.id;
}

/** Memory of a process that it shares with no other; NaN where the system does not tell. */
export function privateBytes(processId: number | undefined): number {
  const path = `/proc/${processId}/smaps_rollup`;
  if (processId === undefined || !existsSync(path)) return Number.NaN;
  let kilobytes = 0;
  for (const [, count] of readFileSync(path, 'utf8').matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm)) {
    kilobytes += Number(count);
  }
  return kilobytes * 1_024;
}
