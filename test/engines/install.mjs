import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What every engine's microphone needs, by Debian's names. */
const SOUND_PACKAGES = ['pulseaudio', 'pulseaudio-utils'];
/** @type {Readonly<Record<string, readonly string[]>>} */
const ENGINE_PACKAGES = {
  Chromium: [],
  Firefox: ['firefox-esr'],
  WebKitGTK: ['webkit2gtk-driver', 'gir1.2-webkit2-4.1', 'gir1.2-gtk-3.0', 'python3-gi', 'xvfb', 'dbus-daemon'],
};

/**
 * Installs what the engines and their virtual microphones need, where that is possible.
 *
 * @returns {readonly { readonly engine: string, readonly reason: string }[]} The engines that cannot be had, and why.
 */
export function installEngines() {
  const wanted = Object.entries(ENGINE_PACKAGES).map(([engine, own]) => ({
    engine,
    packages: [...SOUND_PACKAGES, ...own],
  }));
  const lacking = new Set(wanted.flatMap(({ packages }) => packages).filter((name) => !isInstalled(name)));
  let hindrance = '';
  if (lacking.size > 0) hindrance = install([...lacking]);
  return wanted.flatMap(({ engine, packages }) => {
    const missing = packages.filter((name) => !isInstalled(name));
    return missing.length === 0 ? [] : [{ engine, reason: `${missing.join(', ')} cannot be installed: ${hindrance}` }];
  });
}

/** @param {string} name */
function isInstalled(name) {
  const { status, stdout } = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
  return status === 0 && stdout.includes('\nStatus: install ok installed\n');
}

/**
 * @param {readonly string[]} names
 * @returns {string} What hinders it, if anything does.
 */
function install(names) {
  if (!existsSync('/usr/bin/apt-get')) return 'this system has no apt-get.';
  if (process.getuid?.() !== 0) return 'that needs root.';
  console.error(`engines: installing ${names.join(', ')}.`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  /** @type {import('node:child_process').ExecFileSyncOptions} */
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: environment };
  try {
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options);
    return '';
  } catch {
    return 'apt-get failed, see above.';
  }
}
