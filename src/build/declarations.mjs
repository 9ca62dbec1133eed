import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const REFERENCE = /(\bfrom |\bimport\()'(\.[^']*)\.ts'/g;

/**
 * Makes the compiler's declarations fit to publish: references end in `.js`, which every TypeScript resolves, and files
 * that the entries' declarations do not lead to are removed.
 *
 * @param {string} folder
 * @param {readonly string[]} entries
 * @returns {void}
 */
export function publishDeclarations(folder, entries) {
  const waiting = entries.map((entry) => resolve(folder, entry));
  const reached = new Set(waiting);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const text = readFileSync(file, 'utf8');
    for (const [, , path] of text.matchAll(REFERENCE)) {
      const target = resolve(dirname(file), `${path}.d.ts`);
      if (!reached.has(target)) waiting.push(target);
      reached.add(target);
    }
    writeFileSync(file, text.replaceAll(REFERENCE, "$1'$2.js'"));
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = resolve(join(folder, name));
    if (name.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
  }
}
