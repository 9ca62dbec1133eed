import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build, type Rolldown } from 'vite';
import type { OpusChoice } from '../../../src/delivery/opus-encoder.ts';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../chromium.mjs';

/** A Chromium that encodes clips by the delivery's own code. */
export interface BrowserEncoder {
  readonly version: string;
  /** @returns An Ogg Opus file. */
  readonly encode: (pcm16: Int16Array, choice: OpusChoice) => Promise<Uint8Array<ArrayBuffer>>;
  readonly close: () => Promise<void>;
}

async function pageScript(): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: join(import.meta.dirname, 'page.ts'), formats: ['es'], fileName: 'page' },
    },
  })) as Rolldown.RolldownOutput | Rolldown.RolldownOutput[];
  const chunk = (Array.isArray(output) ? output : [output]).flatMap((result) => result.output)[0];
  if (chunk?.type !== 'chunk') throw new Error('The bundler made no script of page.ts.');
  return chunk.code;
}

/** Starts Chromium with a page that encodes; from loopback, because WebCodecs asks for a secure context. */
export async function startBrowserEncoder(): Promise<BrowserEncoder> {
  const script = await pageScript();
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>encoder</title><script type="module">${script}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [...CHROMIUM_ARGUMENTS],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await page.waitForFunction(() => window.encodingPage !== undefined);
  return {
    version: browser.version(),
    encode: async (pcm16, choice) => {
      const bytes = Buffer.from(pcm16.buffer, pcm16.byteOffset, pcm16.byteLength);
      const file = await page.evaluate(([pcm, how]) => window.encodingPage!.encode(pcm, how), [
        bytes.toString('base64'),
        choice,
      ] as const);
      return new Uint8Array(Buffer.from(file, 'base64'));
    },
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
