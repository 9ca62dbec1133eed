/** The kernel's memory map, read out of a module that exports nothing but its constants. */

/** @typedef {{ name: string, offset: number, bytes: number }} Region */

export const PAGE_BYTES = 65536;
/** Of a SIMD register. */
const ALIGNMENT_BYTES = 16;

/**
 * Collects the pairs NAME and NAME_BYTES.
 *
 * @param {Record<string, unknown>} exports Of the instantiated map.
 * @returns {Region[]} By address.
 */
export function readRegions(exports) {
  /** @type {Region[]} */
  const regions = [];
  for (const name of Object.keys(exports)) {
    const bytes = exports[`${name}_BYTES`];
    if (bytes !== undefined) regions.push({ name, offset: numberOf(exports[name]), bytes: numberOf(bytes) });
  }
  return regions.sort((a, b) => a.offset - b.offset);
}

/**
 * Checks that regions are aligned and disjoint.
 *
 * @param {readonly Region[]} regions By address.
 * @returns {number} Pages of memory that hold them all.
 * @throws {Error} Naming the regions at fault.
 */
export function checkRegions(regions) {
  let end = 0;
  let previous = 'the start of memory';
  for (const { name, offset, bytes } of regions) {
    if (offset % ALIGNMENT_BYTES !== 0) throw new Error(`kernel memory: ${name} at ${offset} is not on 16 bytes`);
    if (bytes <= 0) throw new Error(`kernel memory: ${name} has ${bytes} bytes`);
    if (offset < end) throw new Error(`kernel memory: ${name} starts at ${offset}, within ${previous} (up to ${end})`);
    end = offset + bytes;
    previous = name;
  }
  return Math.ceil(end / PAGE_BYTES);
}

/**
 * @param {unknown} value
 * @returns {number}
 */
function numberOf(value) {
  return value instanceof WebAssembly.Global ? Number(value.value) : Number.NaN;
}
