import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * One hash over everything that the artefacts depend on: names and contents.
 *
 * @param {string} rootDir Names are taken relative to it.
 * @param {readonly string[]} files Absolute paths.
 * @param {readonly string[]} versions Of tools, as text.
 * @returns {string} SHA-256, hexadecimal.
 */
export function hashInputs(rootDir, files, versions) {
  const hash = createHash('sha256');
  for (const version of versions) hash.update(`${version}\n`);
  for (const file of [...files].sort()) {
    hash.update(`${relative(rootDir, file).replaceAll('\\', '/')} ${sha256(readFileSync(file))}\n`);
  }
  return hash.digest('hex');
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} Hexadecimal.
 */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * @param {string} directory
 * @returns {string[]} Absolute paths of its files, folders below left out.
 */
export function listFiles(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(directory, entry.name));
}
