function crcTable(polynomial: number, bits: number): Uint16Array {
  const top = 1 << (bits - 1);
  const mask = 2 ** bits - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (bits - 8);
    for (let i = 0; i < 8; i++) crc = ((crc & top) !== 0 ? (crc << 1) ^ polynomial : crc << 1) & mask;
    return crc;
  });
}

const CRC8_TABLE = crcTable(0x07, 8);
const CRC16_TABLE = crcTable(0x8005, 16);

/** Check sum of a frame's header. Source: RFC 9639, section 9.1.8. */
export function flacCrc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = CRC8_TABLE[crc ^ bytes[i]!]!;
  return crc;
}

/** Check sum of a frame. Source: RFC 9639, section 9.3. */
export function flacCrc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = ((crc << 8) & 0xffff) ^ CRC16_TABLE[(crc >>> 8) ^ bytes[i]!]!;
  return crc;
}

/** Bits of a FLAC stream, most significant first. */
export class FlacBitReader {
  readonly #bytes: Uint8Array;
  #startByte = 0;
  /** Bits read since `#startByte`; a frame is far shorter than 2^31 bits. */
  #bit = 0;

  /** @param bytes Read only; must not change while the reader is used. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Byte that the next bit lies in. */
  get byte(): number {
    return this.#startByte + (this.#bit >>> 3);
  }

  /** Goes to the first bit of a byte. */
  seek(byte: number): void {
    this.#startByte = byte;
    this.#bit = 0;
  }

  /** Skips to the next whole byte. */
  align(): void {
    this.#bit = (this.#bit + 7) & ~7;
  }

  /** The next `count` bits, 0..32, as a number without sign. @throws RangeError at the end of the stream. */
  unsigned(count: number): number {
    if (count === 0) return 0;
    const value = this.#peek() >>> (32 - count);
    this.#skip(count);
    return value;
  }

  /** The next `count` bits, 0..33, in two's complement. @throws RangeError at the end of the stream. */
  signed(count: number): number {
    if (count === 0) return 0;
    if (count > 32) return this.signed(count - 1) * 2 + this.unsigned(1);
    const value = this.#peek() >> (32 - count);
    this.#skip(count);
    return value;
  }

  /** Zeros before the next one; the one is consumed too. @throws RangeError at the end of the stream. */
  unary(): number {
    let count = 0;
    for (;;) {
      const window = this.#peek();
      const zeros = Math.clz32(window);
      if (zeros < 32) {
        this.#skip(zeros + 1);
        return count + zeros;
      }
      count += 32;
      this.#skip(32);
    }
  }

  #peek(): number {
    const at = this.byte;
    const bytes = this.#bytes;
    const shift = this.#bit & 7;
    const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return shift === 0 ? word : (word << shift) | (bytes[at + 4]! >>> (8 - shift));
  }

  #skip(count: number): void {
    this.#bit += count;
    if (this.#startByte + this.#bit / 8 > this.#bytes.length) throw new RangeError('The FLAC stream is cut short.');
  }
}
