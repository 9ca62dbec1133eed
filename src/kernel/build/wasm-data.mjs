/**
 * Puts data segments into a WebAssembly module that has none.
 * Source: WebAssembly Core Specification 2.0, 5.5 (modules: section order, data section), 5.2.2 (LEB128).
 */

const PREAMBLE_BYTES = 8;
const CODE_SECTION = 10;
const DATA_SECTION = 11;
const DATA_COUNT_SECTION = 12;

/**
 * @param {Uint8Array} module
 * @param {readonly { offset: number, bytes: Uint8Array }[]} segments Copied to their offsets on instantiation.
 * @returns {Uint8Array<ArrayBuffer>} The module with a data section right after its code section.
 * @throws {Error} When the module has data already, or no code.
 */
export function addDataSegments(module, segments) {
  /** @type {(Uint8Array | number[])[]} */
  const data = [unsignedLeb(segments.length)];
  for (const { offset, bytes } of segments) {
    // Active segment of memory 0: i32.const offset, end, vector of bytes.
    data.push([0x00, 0x41, ...signedLeb(offset), 0x0b, ...unsignedLeb(bytes.length)], bytes);
  }
  const dataBytes = Buffer.concat(data.map((piece) => Buffer.from(piece)));
  const section = Buffer.concat([Buffer.from([DATA_SECTION, ...unsignedLeb(dataBytes.length)]), dataBytes]);

  let codeEnd = 0;
  for (let at = PREAMBLE_BYTES; at < module.length; ) {
    const id = module[at];
    const { value: length, end: contentStart } = readUnsignedLeb(module, at + 1);
    if (id === DATA_SECTION || id === DATA_COUNT_SECTION) throw new Error('wasm: the module has data segments already');
    at = contentStart + length;
    if (id === CODE_SECTION) codeEnd = at;
  }
  if (codeEnd === 0) throw new Error('wasm: the module has no code section');
  return new Uint8Array(Buffer.concat([module.subarray(0, codeEnd), section, module.subarray(codeEnd)]));
}

/**
 * @param {number} value 0..2^32-1
 * @returns {number[]}
 */
function unsignedLeb(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/**
 * @param {number} value 0..2^31-1
 * @returns {number[]}
 */
function signedLeb(value) {
  const bytes = [];
  // The last byte's bit 6 is the sign: it must stay clear.
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x40) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @returns {{ value: number, end: number }}
 */
function readUnsignedLeb(bytes, start) {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new Error(`wasm: bad length at byte ${start}`);
}
