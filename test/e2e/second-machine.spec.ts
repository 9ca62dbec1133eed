import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../chromium.mjs';
import { readPrintedQrCode } from '../printed-qr-code.ts';
import { TwoMachines } from '../second-machine.ts';
import { test as base, expect } from './voice-test.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));
const ORDER = { clip: '8b705c12.flac', leadSeconds: 2 } as const;

/** Chromium's own words: a certificate that it warned about gets no service worker, so that the page is not kept. */
const NO_SERVICE_WORKER = 'console error: An SSL certificate error occurred when fetching the script.';

const test = base.extend<{ readonly machines: TwoMachines }>({
  // Playwright insists on a pattern here, to read from it what the fixture needs.
  machines: async ({ playwright: _ }, use) => {
    const machines = new TwoMachines();
    await use(machines);
    machines.remove();
  },
});

/** What `ossicle serve --https` prints, up to the words below its QR code. */
async function printedBy(child: ChildProcess): Promise<readonly string[]> {
  const lines: string[] = [];
  if (child.stdout === null) throw new Error('The output is not piped.');
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.startsWith('The certificate is self-signed')) return lines;
  }
  throw new Error(`The server did not start: ${lines.join('\n')}`);
}

test('a phone on the network opens the printed address, speaks and reads', async ({
  machines,
  openPageHearing,
}, testInfo) => {
  const home = testInfo.outputPath('home');
  mkdirSync(home, { recursive: true });
  const [ip, ...onFirst] = machines.on('first');
  const args = [...onFirst, process.execPath, PROGRAM, 'serve', '--https', '--port', '0', '--threads', '1'];
  const server = spawn(ip, args, { env: { ...process.env, HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const lines = await printedBy(server);
    const [, address = ''] = /^Ossicle is at (\S+)$/.exec(lines[0] ?? '') ?? [];
    expect(new URL(address)).toMatchObject({ protocol: 'https:', hostname: machines.address });
    expect(address).toMatch(/\/#key=[\w-]{24}$/);
    expect(readPrintedQrCode(lines.filter((line) => /^[█▀▄ ]+$/.test(line)))).toBe(address);

    const phone = testInfo.outputPath('phone');
    writeFileSync(phone, `#!/bin/sh\nexec ${machines.on('second').join(' ')} ${findChromium()} "$@"\n`);
    chmodSync(phone, 0o755);
    // The phone warns of the certificate, and its owner goes on.
    const context = { ignoreHTTPSErrors: true, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const voice = await openPageHearing(ORDER, { origin: address, path: '', executablePath: phone, context });
    await voice.microphone.tap();
    expect(await voice.heardText()).toMatch(/have a large,? iced coffee with milk/i);
    await expect(voice.results.first()).toBeVisible();
    await testInfo.attach('phone', { body: await voice.page.screenshot(), contentType: 'image/png' });
    expect(voice.troubles.filter((trouble) => trouble !== NO_SERVICE_WORKER)).toEqual([]);
    await voice.close();
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
});
