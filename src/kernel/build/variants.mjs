/** The kernels that are built. */
import { packFp16 } from './pack-fp16.mjs';

/** @typedef {import('./silero-weights.mjs').SileroWeights} SileroWeights */
/**
 * @typedef {object} Variant
 * @property {string} weightFormat
 * @property {string} file Name of the module.
 * @property {string} entry AssemblyScript source of the kernel.
 * @property {string} regions AssemblyScript source that exports its memory map.
 * @property {(weights: SileroWeights) => Promise<Map<string, Uint8Array>>} pack Contents of memory regions by name.
 */

/** @type {readonly Variant[]} */
export const VARIANTS = [
  {
    weightFormat: 'fp16',
    file: 'silero-v6-fp16.wasm',
    entry: 'fp16.ts',
    regions: 'fp16-regions.ts',
    pack: async (weights) => packFp16(weights),
  },
];
