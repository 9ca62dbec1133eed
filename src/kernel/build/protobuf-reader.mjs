/**
 * Protocol buffers, wire format only: enough to walk a message without its schema.
 * Source: protobuf.dev, "Encoding" (varint, I64, LEN and I32 records).
 */

/**
 * One field of a message. Varints come as `bigint` (two's complement, 64 bits), everything else as the bytes of the
 * record, which share memory with the message.
 *
 * @typedef {{ number: number, varint: bigint, bytes: null } | { number: number, varint: null, bytes: Uint8Array }} Field
 */

/**
 * Reads a varint.
 *
 * @param {Uint8Array} bytes
 * @param {number} start
 * @returns {{ value: bigint, end: number }} Unsigned value and the offset after it.
 * @throws {Error} When the bytes end within the varint or it is longer than ten bytes.
 */
export function readVarint(bytes, start) {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new Error(`protobuf: varint at byte ${start} is cut off`);
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + i + 1 };
  }
  throw new Error(`protobuf: varint at byte ${start} is longer than ten bytes`);
}

/**
 * Splits a message into its fields, in file order.
 *
 * @param {Uint8Array} message
 * @returns {Field[]}
 * @throws {Error} On a record that is cut off or of an unknown wire type, with its offset.
 */
export function readFields(message) {
  /** @type {Field[]} */
  const fields = [];
  let at = 0;
  while (at < message.length) {
    const start = at;
    const tag = readVarint(message, at);
    const number = Number(tag.value >> 3n);
    const wireType = Number(tag.value & 7n);
    at = tag.end;
    if (wireType === 0) {
      const { value, end } = readVarint(message, at);
      fields.push({ number, varint: value, bytes: null });
      at = end;
      continue;
    }
    let length = 0;
    if (wireType === 1) length = 8;
    else if (wireType === 5) length = 4;
    else if (wireType === 2) {
      const prefix = readVarint(message, at);
      length = Number(prefix.value);
      at = prefix.end;
    } else throw new Error(`protobuf: unknown wire type ${wireType} at byte ${start}`);
    if (length > message.length - at) {
      throw new Error(
        `protobuf: field ${number} at byte ${start} wants ${length} bytes, ${message.length - at} are left`,
      );
    }
    fields.push({ number, varint: null, bytes: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

/**
 * Reads a packed list of varints as signed 64-bit integers.
 *
 * @param {Uint8Array} bytes
 * @returns {number[]}
 */
export function readPackedIntegers(bytes) {
  const values = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = readVarint(bytes, at);
    values.push(Number(BigInt.asIntN(64, value)));
    at = end;
  }
  return values;
}
