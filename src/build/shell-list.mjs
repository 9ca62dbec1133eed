import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MODULE = 'virtual:shell-list';

/**
 * Files that nobody needs before they point at the microphone, or choose the recogniser on the device. Each kernel is a
 * group of its own, because the page runs one of the two, and so is the delivery where there is no worker for it.
 *
 * @type {readonly (readonly [RegExp, (name: string) => string])[]}
 */
const LATER_GROUPS = [
  [/^silero-|^delivery-(?!worker-|connection-)/, (name) => withoutHash(name)],
  [/^(delivery-worker|stored-outbox|speech-processor)-/, () => 'voice'],
  [/^(recogniser-worker|ort-wasm)-/, () => 'recogniser'],
];

/** @param {string} name */
function withoutHash(name) {
  return name.replace(/-[A-Za-z0-9_-]{8}\.\w+$/, '');
}

/**
 * Lists what the page at the root needs to work without a network: its HTML and all built files that can be reached from
 * there by name.
 *
 * @param {string} folder The built page.
 * @returns {{ path: string, group: string, integrity: string }[]} Ordered by path.
 */
export function shellFiles(folder) {
  const names = readdirSync(join(folder, 'assets')).filter((name) => !name.endsWith('.map'));
  const html = readFileSync(join(folder, 'index.html'));
  const reached = new Map([
    ['/', { group: 'page', content: html }],
    ...['favicon.svg', 'manifest.webmanifest'].map(
      (name) => /** @type {const} */ ([`/${name}`, rootFile(folder, name)]),
    ),
  ]);
  const waiting = [html];
  for (let content = waiting.pop(); content !== undefined; content = waiting.pop()) {
    for (const name of names) {
      const path = `/assets/${name}`;
      if (reached.has(path) || !content.includes(name)) continue;
      const group = LATER_GROUPS.find(([pattern]) => pattern.test(name))?.[1](name) ?? 'page';
      const found = readFileSync(join(folder, 'assets', name));
      reached.set(path, { group, content: found });
      if (/\.(css|js)$/.test(name)) waiting.push(found);
    }
  }
  return [...reached]
    .map(([path, { group, content }]) => ({ path, group, integrity: `sha256-${sha256(content)}` }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Gives the service worker its list. The page must have been built.
 *
 * @param {string} folder The built page.
 * @returns {import('vite').Plugin}
 */
export function shellList(folder) {
  return {
    name: 'ossicle-shell-list',
    resolveId: (source) => (source === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const files = JSON.stringify(shellFiles(folder));
      const version = sha256(Buffer.from(files)).replace(/\W/g, '').slice(0, 12);
      return `export const SHELL_VERSION = ${JSON.stringify(version)};\nexport const SHELL_FILES = ${files};\n`;
    },
  };
}

/**
 * @param {string} folder
 * @param {string} name
 */
function rootFile(folder, name) {
  return { group: 'page', content: readFileSync(join(folder, name)) };
}

/** @param {Buffer} content */
function sha256(content) {
  return createHash('sha256').update(content).digest('base64');
}
