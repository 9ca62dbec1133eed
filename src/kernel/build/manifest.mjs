import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './inputs.mjs';

/** @typedef {{ file: string, weightFormat: string, bytes: number, brotliBytes: number, sha256: string }} Artefact */
/**
 * Contents of `kernel.json`.
 *
 * @typedef {object} Manifest
 * @property {string} model
 * @property {string} licence Of the model.
 * @property {{ package: string, version: string, file: string, sha256: string }} source Where the weights come from.
 * @property {string} inputsSha256 Of everything the artefacts were made from.
 * @property {Artefact[]} artefacts
 */

export const MANIFEST_FILE = 'kernel.json';

/**
 * Tells whether the artefacts on disk are the ones that these inputs give.
 *
 * @param {string} outputDir
 * @param {string} inputsSha256
 * @returns {boolean} False, too, when anything is missing, damaged or unreadable.
 */
export function isUpToDate(outputDir, inputsSha256) {
  const path = join(outputDir, MANIFEST_FILE);
  if (!existsSync(path)) return false;
  try {
    /** @type {Manifest} */
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    if (manifest.inputsSha256 !== inputsSha256 || manifest.artefacts.length === 0) return false;
    return manifest.artefacts.every(
      ({ file, sha256: expected }) => sha256(readFileSync(join(outputDir, file))) === expected,
    );
  } catch {
    // A manifest cut short by an interrupted build, or an artefact that is gone: build again.
    return false;
  }
}
