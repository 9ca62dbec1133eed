import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

/** Where Debian, Ubuntu, Fedora and macOS put a Chromium or Chrome. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What a Chromium under test is started with: quiet, and without a sandbox where the tests run as root. */
export const CHROMIUM_ARGUMENTS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=user-gesture-required',
];

/**
 * The Chromium to test in: `CHROMIUM_PATH`, Playwright's own, or the system's.
 *
 * @returns {string | undefined} Its path; undefined when there is none.
 */
export function findChromium() {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined) return named;
  return [chromium.executablePath(), ...PLACES].find((path) => existsSync(path));
}

/** Installs a Chromium where none is found: Debian's as root, else Playwright's, and says which. */
export function ensureChromium() {
  if (findChromium() !== undefined) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    console.error('No Chromium was found: installing Debian’s package "chromium".');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: environment,
    });
  } else {
    console.error('No Chromium was found: installing Playwright’s.');
    execFileSync(process.execPath, ['node_modules/playwright/cli.js', 'install', '--with-deps', 'chromium'], {
      stdio: 'inherit',
    });
  }
  if (findChromium() === undefined)
    throw new Error('A Chromium could not be installed. Install one, or set CHROMIUM_PATH.');
}

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].split('/').at(-1) ?? ''))
  ensureChromium();
