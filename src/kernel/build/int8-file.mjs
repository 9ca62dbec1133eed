/**
 * The quantised weights as they lie in the repository: `weights/silero-v6-int8.bin` holds the stored regions of the int8
 * kernel's memory map one after the other, `weights/silero-v6-int8.json` says what they were made from.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './inputs.mjs';

/** @typedef {import('./memory-regions.mjs').Region} Region */
/** @typedef {{ modelSha256: string, sha256: string, regions: { name: string, bytes: number }[] }} Int8Manifest */

const NAME = 'silero-v6-int8';
const REMEDY = 'run node src/kernel/build/quantise.mjs and commit src/kernel/weights';

/**
 * @param {string} weightsDir
 * @returns {string[]} Absolute paths.
 */
export function int8Files(weightsDir) {
  return [join(weightsDir, `${NAME}.bin`), join(weightsDir, `${NAME}.json`)];
}

/**
 * @param {string} weightsDir
 * @param {ReadonlyMap<string, Uint8Array>} contents By memory region.
 * @param {string} modelSha256
 * @returns {number} Bytes written.
 */
export function writeInt8(weightsDir, contents, modelSha256) {
  const whole = Buffer.concat([...contents.values()]);
  const regions = [...contents].map(([name, { length: bytes }]) => ({ name, bytes }));
  /** @type {Int8Manifest} */
  const manifest = { modelSha256, sha256: sha256(whole), regions };
  writeFileSync(join(weightsDir, `${NAME}.bin`), whole);
  writeFileSync(join(weightsDir, `${NAME}.json`), `${JSON.stringify(manifest, null, 2)}\n`);
  return whole.length;
}

/**
 * @param {string} weightsDir
 * @param {string} modelSha256 Of the model that is installed.
 * @returns {Map<string, Uint8Array<ArrayBuffer>>} By memory region; copies.
 * @throws {Error} When the file is damaged, or made from another model.
 */
export function readInt8(weightsDir, modelSha256) {
  const whole = readFileSync(join(weightsDir, `${NAME}.bin`));
  /** @type {Int8Manifest} */
  const manifest = JSON.parse(readFileSync(join(weightsDir, `${NAME}.json`), 'utf8'));
  if (manifest.modelSha256 !== modelSha256) {
    throw new Error(`kernel: the int8 weights were made from another model than the one installed; ${REMEDY}`);
  }
  if (manifest.sha256 !== sha256(whole))
    throw new Error(`kernel: src/kernel/weights/${NAME}.bin is damaged; ${REMEDY}`);
  const contents = new Map();
  let at = 0;
  for (const { name, bytes } of manifest.regions) {
    contents.set(name, new Uint8Array(whole.subarray(at, at + bytes)));
    at += bytes;
  }
  return contents;
}
