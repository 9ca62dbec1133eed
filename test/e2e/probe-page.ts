import { type Browser, type CDPSession, chromium, type Page } from 'playwright/test';
import { CHROMIUM_ARGUMENTS, findChromium } from '../chromium.mjs';
import type { ProbeEvent, ProbeReport } from '../probe/probe-report.ts';

/** What Chromium counts of a page once its garbage is collected. */
export interface PageCounts {
  readonly heapBytes: number;
  /** Heap of the audio threads' own JavaScript, all together. */
  readonly workletHeapBytes: number;
  readonly listenerCount: number;
  readonly audioNodeCount: number;
  readonly processorCount: number;
}

/** The probe page in a Chromium of its own. */
export class ProbePage {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #session: CDPSession;
  readonly #worklets: Worklets;

  private constructor(browser: Browser, page: Page, session: CDPSession) {
    this.#browser = browser;
    this.page = page;
    this.#session = session;
    this.#worklets = new Worklets(session);
  }

  /** @param microphone Chromium's switches for its microphone. */
  static async open(url: string, microphone: readonly string[]): Promise<ProbePage> {
    const executablePath = findChromium();
    const browser = await chromium.launch({
      args: [...CHROMIUM_ARGUMENTS, ...microphone],
      ...(executablePath === undefined ? {} : { executablePath }),
    });
    const page = await browser.newPage();
    const probe = new ProbePage(browser, page, await page.context().newCDPSession(page));
    await probe.#worklets.watch();
    await page.goto(url);
    await page.waitForFunction('globalThis.probe');
    return probe;
  }

  report(): Promise<ProbeReport> {
    return this.page.evaluate<ProbeReport>('probe.report()');
  }

  /** Waits until the report fulfils the condition. @throws Error with what was noted when it does not. */
  async until(condition: (report: ProbeReport) => boolean, withinMs: number = 20_000): Promise<ProbeReport> {
    for (const deadlineMs = performance.now() + withinMs; ; ) {
      const report = await this.report();
      if (condition(report)) return report;
      if (performance.now() > deadlineMs) throw new Error(`Noted:\n${report.events.map(line).join('\n')}`);
      await this.page.waitForTimeout(50);
    }
  }

  /** Has the page keep nothing of what was noted and given back. */
  async forget(): Promise<void> {
    await this.page.evaluate(`{
      const { events, tracks, contexts } = probe;
      events.length = tracks.length = 0;
      contexts.splice(0, contexts.length, ...contexts.filter(({ state }) => state !== 'closed'));
    }`);
  }

  /** Makes the page's own thread this many times slower. */
  async slowDown(rate: number): Promise<void> {
    await this.#session.send('Emulation.setCPUThrottlingRate', { rate });
  }

  /** Takes the permission for the microphone away, as people do beside the address. */
  async withdrawPermission(): Promise<void> {
    const browser = await this.#browser.newBrowserCDPSession();
    const origin = new URL(this.page.url()).origin;
    const { targetInfo } = await this.#session.send('Target.getTargetInfo');
    const { browserContextId = '' } = targetInfo;
    const permission = { name: 'microphone' };
    await browser.send('Browser.setPermission', { permission, setting: 'denied', origin, browserContextId });
  }

  /** Counts what is left after the garbage was collected. */
  async count(): Promise<PageCounts> {
    await this.#session.send('Performance.enable');
    await this.#session.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.#session.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((entry) => entry.name === name)?.value ?? Number.NaN;
    return {
      heapBytes: metric('JSHeapUsedSize'),
      workletHeapBytes: await this.#worklets.heapBytes(),
      listenerCount: metric('JSEventListeners'),
      audioNodeCount: metric('AudioHandlers'),
      processorCount: metric('AudioWorkletProcessors'),
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** Speaks to the debuggers of the page's worklets, which are passed on by the page's own. */
class Worklets {
  readonly #session: CDPSession;
  readonly #sessionIds: Set<string> = new Set();
  #callCount = 0;

  constructor(session: CDPSession) {
    this.#session = session;
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worklet') this.#sessionIds.add(sessionId);
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => this.#sessionIds.delete(sessionId));
  }

  async watch(): Promise<void> {
    await this.#session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false });
  }

  /** Used heap of all worklets that are alive, once their garbage is collected. */
  async heapBytes(): Promise<number> {
    let sum = 0;
    for (const sessionId of this.#sessionIds) {
      await this.#call(sessionId, 'HeapProfiler.collectGarbage');
      sum += (await this.#call(sessionId, 'Runtime.getHeapUsage')).usedSize ?? Number.NaN;
    }
    return sum;
  }

  #call(sessionId: string, method: string): Promise<{ readonly usedSize?: number }> {
    const id = ++this.#callCount;
    return new Promise((resolve, reject) => {
      const hear = ({ message }: { readonly message: string }): void => {
        const answer: { readonly id?: number; readonly result?: { readonly usedSize?: number } } = JSON.parse(message);
        if (answer.id !== id) return;
        this.#session.off('Target.receivedMessageFromTarget', hear);
        resolve(answer.result ?? {});
      };
      this.#session.on('Target.receivedMessageFromTarget', hear);
      this.#session
        .send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
        .catch(reject);
    });
  }
}

function line({ atMs, metrics, ...event }: ProbeEvent): string {
  return `${Math.round(atMs)} ${JSON.stringify({ ...event, missingSamples: metrics?.missingSamples })}`;
}
