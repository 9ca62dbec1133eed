/** The kernels that are built. */
import { checkInt8 } from './check-int8.mjs';
import { readInt8 } from './int8-file.mjs';
import { packFp16 } from './pack-fp16.mjs';
import { WEIGHTS_DIR } from './paths.mjs';

/** @typedef {import('./silero-weights.mjs').SileroWeights} SileroWeights */
/** @typedef {{ weights: SileroWeights, modelSha256: string }} Source */
/**
 * @typedef {object} Variant
 * @property {string} weightFormat
 * @property {string} file Name of the module.
 * @property {string} entry AssemblyScript source of the kernel.
 * @property {string} regions AssemblyScript source that exports its memory map.
 * @property {(source: Source) => Map<string, Uint8Array>} pack Contents of memory regions by name.
 */

/** @type {Variant} */
export const FP16 = {
  weightFormat: 'fp16',
  file: 'silero-v6-fp16.wasm',
  entry: 'fp16.ts',
  regions: 'fp16-regions.ts',
  pack: ({ weights }) => packFp16(weights),
};

/** @type {Variant} */
export const INT8 = {
  weightFormat: 'int8',
  file: 'silero-v6-int8.wasm',
  entry: 'int8.ts',
  regions: 'int8-regions.ts',
  pack: ({ weights, modelSha256 }) => {
    const contents = readInt8(WEIGHTS_DIR, modelSha256);
    checkInt8(contents, weights);
    return contents;
  },
};
