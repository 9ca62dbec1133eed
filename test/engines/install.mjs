import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const INSTALL = ['install', '-y', '-qq', '--no-install-recommends'];
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
    if (missing.length === 0) return [];
    return [{ engine, reason: `${hindrance} On Debian 12, as root: apt-get install ${missing.join(' ')}` }];
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
  if (process.getuid?.() !== 0) return 'installing packages needs root.';
  console.error(`engines: installing ${names.join(', ')}.`);
  if (!runs('apt-get', ['update', '-qq'])) console.error('engines: the list of packages is not up to date.');
  const isWhole = runs('apt-get', [...INSTALL, ...names]);
  // One that cannot be had is no reason to do without the others.
  if (!isWhole) for (const name of names) runs('apt-get', [...INSTALL, name]);
  return isWhole ? '' : 'apt-get failed, see above.';
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function runs(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}
