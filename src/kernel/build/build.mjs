/**
 * Builds the speech kernels: `node src/kernel/build/build.mjs [--quiet]`.
 *
 * Writes `dist/kernel/*.wasm` and `dist/kernel/kernel.json`, and nothing when they are up to date. Plain JavaScript,
 * because it runs before anything is compiled.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { hashInputs, listFiles, sha256 } from './inputs.mjs';
import { int8Files } from './int8-file.mjs';
import { isUpToDate, MANIFEST_FILE } from './manifest.mjs';
import {
  ASSEMBLY_DIR,
  BUILD_DIR,
  MODEL_FILE,
  MODEL_PACKAGE,
  modelPath,
  OUTPUT_DIR,
  packageDir,
  ROOT_DIR,
  WEIGHTS_DIR,
} from './paths.mjs';

/** @typedef {import('./manifest.mjs').Manifest} Manifest */

/**
 * @param {(line: string) => void} print
 * @returns {Promise<void>}
 */
async function build(print) {
  const model = readFileSync(modelPath());
  const modelVersion = packageVersion(packageDir(MODEL_PACKAGE));
  const inputsSha256 = hashInputs(
    ROOT_DIR,
    [...listFiles(ASSEMBLY_DIR), ...listFiles(BUILD_DIR), ...int8Files(WEIGHTS_DIR)],
    [`model ${modelVersion} ${sha256(model)}`, `assemblyscript ${packageVersion(packageDir('assemblyscript'))}`],
  );
  if (isUpToDate(OUTPUT_DIR, inputsSha256)) {
    print('kernel: up to date');
    return;
  }

  // Only now: loading the compiler takes longer than finding out that there is nothing to do.
  const [{ buildVariant }, { readSileroWeights }, { FP16, INT8 }] = await Promise.all([
    import('./build-variant.mjs'),
    import('./silero-weights.mjs'),
    import('./variants.mjs'),
  ]);
  const source = { weights: readSileroWeights(model), modelSha256: sha256(model) };
  /** @type {Manifest} */
  const manifest = {
    model: 'Silero VAD v6, 16 kHz',
    licence: 'MIT',
    source: { package: MODEL_PACKAGE, version: modelVersion, file: MODEL_FILE, sha256: source.modelSha256 },
    inputsSha256,
    artefacts: [],
  };
  mkdirSync(OUTPUT_DIR, { recursive: true });
  for (const variant of [FP16, INT8]) {
    const { module } = await buildVariant(variant, source, ASSEMBLY_DIR);
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
