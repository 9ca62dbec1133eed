import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BUILD_DIR = dirname(fileURLToPath(import.meta.url));
export const ASSEMBLY_DIR = join(BUILD_DIR, '../assembly');
export const WEIGHTS_DIR = join(BUILD_DIR, '../weights');
export const ROOT_DIR = join(BUILD_DIR, '../../..');
export const OUTPUT_DIR = join(ROOT_DIR, 'dist/kernel');
export const MODEL_PACKAGE = '@ricky0123/vad-web';
export const MODEL_FILE = 'dist/silero_vad_v6.onnx';

/**
 * Where a package is installed, whatever its `exports` hide.
 *
 * @param {string} name
 * @returns {string}
 * @throws {Error} When it is not.
 */
export function packageDir(name) {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const folder = folders.find((candidate) => existsSync(join(candidate, name, 'package.json')));
  if (folder === undefined) throw new Error(`kernel: package ${name} is not installed; run npm ci`);
  return join(folder, name);
}

/**
 * @returns {string} Of the ONNX file.
 * @throws {Error} When it is not there.
 */
export function modelPath() {
  const path = join(packageDir(MODEL_PACKAGE), MODEL_FILE);
  if (!existsSync(path))
    throw new Error(`kernel: ${MODEL_PACKAGE} has no ${MODEL_FILE}; install the version in package.json`);
  return path;
}
