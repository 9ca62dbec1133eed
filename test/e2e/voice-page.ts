import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
  type Locator,
  type Page,
  type Request,
  type TestInfo,
} from 'playwright/test';
import { CHROMIUM_ARGUMENTS, findChromium } from '../chromium.mjs';

/** How a page is opened. */
export interface PageSetup {
  readonly origin: string;
  /** Path and query of the page. */
  readonly path?: string;
  /** Chromium's switches for its microphone; without any it has none. */
  readonly microphone?: readonly string[];
  readonly context?: BrowserContextOptions;
  /** Starts Chromium; the one that is found when left out. */
  readonly executablePath?: string;
  /** Further switches of Chromium. */
  readonly chromium?: readonly string[];
  /** Settings of the browser's profile, as in its `Preferences` file; the page is then in a profile of its own. */
  readonly preferences?: object;
  /** Runs in the page before its own script. */
  readonly prepare?: () => void;
}

const TRANSCRIPTIONS = '/v1/audio/transcriptions';

/** The search page in a Chromium of its own, used as people do, and everything that goes wrong in it. */
export class VoicePage {
  /** Console errors and warnings, uncaught errors and failed requests, in order. */
  readonly troubles: string[] = [];
  /** When the address was entered, on `performance.now()`'s clock. */
  readonly openedAtMs: number;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly field: Locator;
  readonly microphone: Locator;
  readonly status: Locator;
  readonly transcript: Locator;
  readonly results: Locator;
  readonly heading: Locator;
  readonly transfer: Locator;
  /** Says how many queries wait to be sent. */
  readonly waitingHeading: Locator;
  /** Texts of queries that were answered later. */
  readonly lateTexts: Locator;
  /** In the settings: whether what could not be sent is kept on the device. */
  readonly keepUnsent: Locator;
  readonly #close: () => Promise<void>;
  readonly #bodyBytes: Promise<number>[] = [];

  private constructor(close: () => Promise<void>, context: BrowserContext, page: Page) {
    this.openedAtMs = performance.now();
    this.#close = close;
    this.context = context;
    this.page = page;
    this.field = page.getByRole('searchbox', { name: 'Search the menu' });
    this.microphone = page.getByRole('button', { name: 'Search by voice' });
    this.status = page.locator('#status');
    this.transcript = page.locator('#transcript');
    this.results = page.locator('#results li');
    this.heading = page.locator('#results-heading');
    this.transfer = page.locator('#transfer');
    this.waitingHeading = page.locator('#queue-heading');
    this.keepUnsent = page.locator('#queue-offline');
    this.lateTexts = page.locator('#late-list button');
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.troubles.push(`console ${message.type()}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => this.troubles.push(`uncaught: ${error.message}`));
    context.on('request', (request) => {
      if (!request.url().endsWith(TRANSCRIPTIONS)) return;
      this.#bodyBytes.push(bodyBytes(request));
    });
    context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'unknown';
      // The page itself gives up the text of a stretch of speech when it hears that the speech goes on.
      if (reason === 'net::ERR_ABORTED' && request.url().endsWith(TRANSCRIPTIONS)) return;
      this.troubles.push(`failed request: ${request.url()} ${reason}`);
    });
  }

  static async open(setup: PageSetup): Promise<VoicePage> {
    const { context, close } = await (setup.preferences === undefined ? openContext(setup) : openProfile(setup));
    const page = context.pages()[0] ?? (await context.newPage());
    const voice = new VoicePage(close, context, page);
    if (setup.prepare !== undefined) await page.addInitScript(setup.prepare);
    await page.goto(setup.origin + (setup.path ?? '/'));
    return voice;
  }

  async close(): Promise<void> {
    await this.#close();
  }

  /** Opens the settings, does something there, and closes them. */
  async inSettings(act: (settings: Locator) => Promise<void>): Promise<void> {
    const settings = this.page.getByRole('dialog', { name: 'Settings' });
    await this.page.getByRole('button', { name: 'Settings' }).click();
    await act(settings);
    await settings.getByRole('button', { name: 'Done' }).click();
    await settings.waitFor({ state: 'hidden' });
  }

  /** Decides in the settings whether speech that could not be sent is kept on the device. */
  async keepUnsentSpeech(isKept: boolean): Promise<void> {
    await this.inSettings(() => this.keepUnsent.setChecked(isKept));
  }

  /** Downloads, in the settings, the recogniser of this device, which must be chosen. */
  async downloadRecogniser(): Promise<void> {
    await this.inSettings(async (settings) => {
      await settings.getByRole('button', { name: /^Download now/ }).click();
      await settings.getByText('Ready. Works offline.').waitFor({ timeout: 40_000 });
    });
  }

  /** Puts what the page shows, and what went wrong in it, into the test's report. */
  async attachTo(testInfo: TestInfo): Promise<void> {
    await testInfo.attach('page', { body: await this.page.screenshot(), contentType: 'image/png' });
    const shown = await this.page.locator('body').innerText();
    await testInfo.attach('words', { body: shown, contentType: 'text/plain' });
    await testInfo.attach('troubles', { body: this.troubles.join('\n'), contentType: 'text/plain' });
  }

  /** Presses the microphone with the mouse. */
  async press(): Promise<void> {
    await this.microphone.click();
  }

  /** Points at the microphone, at which the page fetches what listening needs, and waits until it is there. */
  async warm(): Promise<void> {
    await this.microphone.hover();
    await this.page.waitForLoadState('networkidle');
  }

  /** Waits until the service worker keeps the page for use without a network. */
  async untilKept(): Promise<void> {
    await this.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await this.page.waitForLoadState('networkidle');
  }

  /** Waits for the text of a query that is over. */
  async heardText(timeoutMs: number = 40_000): Promise<string> {
    await this.status.filter({ hasText: /^Heard '.*Edit it or try again\.$/ }).waitFor({ timeout: timeoutMs });
    return await this.field.inputValue();
  }

  /** The page's own count of what was heard and what of it was sent. */
  async transferredKb(): Promise<{ readonly sentKb: number; readonly heardKb: number }> {
    const line = (await this.transfer.textContent()) ?? '';
    const [, sent, heard] = /^Sent ([\d,]+) kB of ([\d,]+) kB heard/.exec(line) ?? [];
    if (sent === undefined || heard === undefined) throw new Error(`No count of bytes in "${line}"`);
    return { sentKb: Number(sent.replaceAll(',', '')), heardKb: Number(heard.replaceAll(',', '')) };
  }

  /** Bytes of all bodies that were sent to be transcribed. */
  async sentBytes(): Promise<number> {
    const counts = await Promise.all(this.#bodyBytes);
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

interface OpenedContext {
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}

function launchOptions(setup: PageSetup): LaunchOptions {
  const executablePath = setup.executablePath ?? findChromium();
  return {
    args: [...CHROMIUM_ARGUMENTS, ...(setup.microphone ?? []), ...(setup.chromium ?? [])],
    ...(executablePath === undefined ? {} : { executablePath }),
  };
}

async function openContext(setup: PageSetup): Promise<OpenedContext> {
  const browser = await chromium.launch(launchOptions(setup));
  return { context: await browser.newContext(setup.context), close: () => browser.close() };
}

async function openProfile(setup: PageSetup): Promise<OpenedContext> {
  const folder = await mkdtemp(join(tmpdir(), 'ossicle-profile-'));
  await mkdir(join(folder, 'Default'));
  await writeFile(join(folder, 'Default/Preferences'), JSON.stringify(setup.preferences));
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions(setup), ...setup.context });
  const close = async (): Promise<void> => {
    await context.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return { context, close };
}

/** A request that was given up early has no final headers; its body is known all the same. */
async function bodyBytes(request: Request): Promise<number> {
  const body = request.postDataBuffer();
  return body === null ? Number((await request.allHeaders())['content-length']) : body.length;
}
