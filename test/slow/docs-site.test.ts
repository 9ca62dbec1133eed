import { existsSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGUMENTS, ensureChromium, findChromium } from '../chromium.mjs';

const site = join(import.meta.dirname, '../../dist/docs');
const PAGES = ['getting-started', 'troubleshooting', 'deployment', 'benchmarks', 'web-views', 'reference/element'];

let server: PreviewServer;
let browser: Browser;
let origin: string;
beforeAll(async () => {
  if (!existsSync(site)) throw new Error('The documentation is not built: run "npm run docs:build" first.');
  server = await preview({
    configFile: false,
    logLevel: 'error',
    appType: 'mpa',
    build: { outDir: site },
    preview: { host: '127.0.0.1', port: 0 },
  });
  origin = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}`;
  ensureChromium();
  const executablePath = findChromium();
  browser = await chromium.launch({
    args: CHROMIUM_ARGUMENTS,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('the built documentation', () => {
  it('has the pages that are looked at here', () => {
    expect(readdirSync(site, { recursive: true })).toEqual(expect.arrayContaining(PAGES.map((page) => `${page}.html`)));
  });

  it.each([320, 390, 1280])(
    'asks no other site, reports nothing and fits at %i pixels, light and dark',
    async (width) => {
      const faults: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
        const page = await context.newPage();
        page.on('request', (request) => {
          if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) faults.push(request.url());
        });
        page.on('console', (message) => {
          if (['error', 'warning'].includes(message.type())) faults.push(`${page.url()}: ${message.text()}`);
        });
        for (const path of ['', ...PAGES.map((name) => `${name}.html`)]) {
          await page.goto(`${origin}/${path}`, { waitUntil: 'networkidle' });
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (excess > 0) faults.push(`${path} is ${excess} pixels too wide`);
        }
        await context.close();
      }
      expect(faults).toEqual([]);
    },
  );

  it('finds a word with its own search', async () => {
    const page = await browser.newPage();
    await page.goto(origin, { waitUntil: 'networkidle' });
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('queue_full');
    await page.getByRole('option').first().click();
    await page.waitForURL(/queue_full/);
    await page.close();
  });
});
