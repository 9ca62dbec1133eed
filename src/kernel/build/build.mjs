/**
 * Builds the speech kernels: `node src/kernel/build/build.mjs [--quiet]`.
 *
 * Writes `dist/kernel/*.wasm` and `dist/kernel/kernel.json`, and nothing when they are up to date. Plain JavaScript,
 * because it runs before anything is compiled.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { buildVariant } from './build-variant.mjs';
import { hashInputs, listFiles, sha256 } from './inputs.mjs';
import { isUpToDate, MANIFEST_FILE } from './manifest.mjs';
import { readSileroWeights } from './silero-weights.mjs';
import { VARIANTS } from './variants.mjs';

/** @typedef {import('./manifest.mjs').Manifest} Manifest */

const MODEL_PACKAGE = '@ricky0123/vad-web';
const MODEL_FILE = 'dist/silero_vad_v6.onnx';
const BUILD_DIR = dirname(fileURLToPath(import.meta.url));
const ASSEMBLY_DIR = join(BUILD_DIR, '../assembly');
const ROOT_DIR = join(BUILD_DIR, '../../..');
const OUTPUT_DIR = join(ROOT_DIR, 'dist/kernel');

/**
 * @param {(line: string) => void} print
 * @returns {Promise<void>}
 */
async function build(print) {
  const modelDir = packageDir(MODEL_PACKAGE);
  const modelVersion = packageVersion(modelDir);
  const modelPath = join(modelDir, MODEL_FILE);
  const compilerVersion = packageVersion(packageDir('assemblyscript'));
  const inputsSha256 = hashInputs(
    ROOT_DIR,
    [...listFiles(ASSEMBLY_DIR), ...listFiles(BUILD_DIR), modelPath],
    [`${MODEL_PACKAGE} ${modelVersion}`, `assemblyscript ${compilerVersion}`],
  );
  if (isUpToDate(OUTPUT_DIR, inputsSha256)) {
    print('kernel: up to date');
    return;
  }

  const model = readFileSync(modelPath);
  const weights = readSileroWeights(model);
  /** @type {Manifest} */
  const manifest = {
    model: 'Silero VAD v6, 16 kHz',
    licence: 'MIT',
    source: { package: MODEL_PACKAGE, version: modelVersion, file: MODEL_FILE, sha256: sha256(model) },
    inputsSha256,
    artefacts: [],
  };
  mkdirSync(OUTPUT_DIR, { recursive: true });
  for (const variant of VARIANTS) {
    const module = await buildVariant(variant, weights, ASSEMBLY_DIR);
    const brotliBytes = brotliCompressSync(module).length;
    writeFileSync(join(OUTPUT_DIR, variant.file), module);
    manifest.artefacts.push({
      file: variant.file,
      weightFormat: variant.weightFormat,
      bytes: module.length,
      brotliBytes,
      sha256: sha256(module),
    });
    print(`kernel: dist/kernel/${variant.file} ${module.length} bytes, ${brotliBytes} brotli`);
  }
  // Last, so that an interrupted build never looks finished.
  writeFileSync(join(OUTPUT_DIR, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  print(`kernel: dist/kernel/${MANIFEST_FILE}`);
}

/**
 * @param {string} name
 * @returns {string} Where the package is installed.
 * @throws {Error} When it is not.
 */
function packageDir(name) {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      readFileSync(join(path, name, 'package.json'));
      return join(path, name);
    } catch {
      // Not in this node_modules: the next one up.
    }
  }
  throw new Error(`kernel: package ${name} is not installed; run npm ci`);
}

/**
 * @param {string} directory
 * @returns {string}
 */
function packageVersion(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).version;
}

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--quiet');
if (unknown !== undefined) {
  console.error(`kernel: unknown option ${unknown}; usage: node src/kernel/build/build.mjs [--quiet]`);
  process.exitCode = 2;
} else {
  try {
    await build(options.includes('--quiet') ? () => {} : (line) => console.log(line));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
