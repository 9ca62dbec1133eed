import { compile } from './compile.mjs';
import { checkRegions, readRegions } from './memory-regions.mjs';
import { addDataSegments } from './wasm-data.mjs';

/** @typedef {import('./memory-regions.mjs').Region} Region */
/** @typedef {import('./variants.mjs').Source} Source */
/** @typedef {import('./variants.mjs').Variant} Variant */

/** What `vad/kernel-scorer.ts` expects, no more. */
const EXPECTED_EXPORTS = ['frameOffset:global', 'init:function', 'memory:memory', 'reset:function', 'score:function'];

/**
 * Compiles one kernel and puts its weights in.
 *
 * @param {Variant} variant
 * @param {Source} source
 * @param {string} assemblyDir
 * @returns {Promise<{ module: Uint8Array<ArrayBuffer>, regions: Region[] }>} A module without imports that holds
 *   everything it needs, and its memory map.
 * @throws {Error} When the memory map is unsound, the weights do not fit it, or the module is not what is expected.
 */
export async function buildVariant(variant, source, assemblyDir) {
  const map = await compile(variant.regions, assemblyDir, []);
  const regions = readRegions((await WebAssembly.instantiate(new Uint8Array(map))).instance.exports);
  const pages = String(checkRegions(regions));

  const segments = [...variant.pack(source)].map(([name, bytes]) => {
    const region = regions.find((candidate) => candidate.name === name);
    if (!region) throw new Error(`kernel: the memory map of ${variant.entry} has no region ${name}`);
    if (region.bytes !== bytes.length) {
      throw new Error(
        `kernel: region ${name} of ${variant.entry} has ${region.bytes} bytes, its contents ${bytes.length}`,
      );
    }
    return { offset: region.offset, bytes };
  });

  const options = ['--enable', 'simd', '-O3', '--noAssert', '--initialMemory', pages, '--maximumMemory', pages];
  const module = addDataSegments(await compile(variant.entry, assemblyDir, options), segments);
  checkModule(variant.file, await WebAssembly.compile(module));
  return { module, regions };
}

/**
 * @param {string} file
 * @param {WebAssembly.Module} module
 */
function checkModule(file, module) {
  const imports = WebAssembly.Module.imports(module).map(({ name }) => name);
  if (imports.length > 0) throw new Error(`kernel: ${file} must import nothing, it imports ${imports.join(', ')}`);
  const exports = WebAssembly.Module.exports(module).map(({ name, kind }) => `${name}:${kind}`);
  if (exports.sort().join() !== EXPECTED_EXPORTS.join()) {
    throw new Error(`kernel: ${file} exports ${exports.join(', ')}; expected ${EXPECTED_EXPORTS.join(', ')}`);
  }
}
