/** What an Opus file is made of. */
export interface OpusStream {
  /** Encoded packets in order; read only. */
  readonly packets: readonly Uint8Array[];
  /** Samples at 48 kHz in each packet. */
  readonly packetSamples48k: number;
  /** Samples at 48 kHz that the decoder is to drop from the start. */
  readonly preSkip48k: number;
  /** Samples at 48 kHz of the sound itself. */
  readonly soundSamples48k: number;
  /** Rate of the sound before it was encoded; for information. */
  readonly inputRateHz: number;
}

const PAGE_HEADER_BYTES = 27;
const SEGMENT_BYTES = 255;
const MOST_SEGMENTS = 255;
const FIRST_PAGE = 2;
const LAST_PAGE = 4;
/** One stream a file: any number will do. */
const SERIAL_NUMBER = 1;

/** Ogg's CRC runs from the highest bit down. */
const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc >>> 0;
});

/**
 * A mono Ogg Opus file.
 *
 * @returns Bytes, owned by the caller.
 * Source: RFC 3533 (Ogg), sections 5 and 6; RFC 7845 (Opus in Ogg), sections 3 to 5.
 */
export function writeOggOpus(stream: OpusStream): Uint8Array<ArrayBuffer> {
  const pages = [
    page([opusHead(stream)], { flags: FIRST_PAGE, granule48k: 0, number: 0 }),
    page([opusTags()], { flags: 0, granule48k: 0, number: 1 }),
  ];
  const lastGranule48k = stream.preSkip48k + stream.soundSamples48k;
  const groups = pagesOf(stream.packets);
  for (const [index, { packets, packetCount }] of groups.entries()) {
    const isLast = index === groups.length - 1;
    const granule48k = isLast ? lastGranule48k : packetCount * stream.packetSamples48k;
    pages.push(page(packets, { flags: isLast ? LAST_PAGE : 0, granule48k, number: index + 2 }));
  }
  const file = new Uint8Array(pages.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const bytes of pages) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

/** Whole packets for each page, with the count of packets up to its end. */
function pagesOf(packets: readonly Uint8Array[]): { readonly packets: Uint8Array[]; readonly packetCount: number }[] {
  const pages: { packets: Uint8Array[]; packetCount: number }[] = [];
  let segmentCount = Number.POSITIVE_INFINITY;
  for (const [index, packet] of packets.entries()) {
    const needed = Math.floor(packet.length / SEGMENT_BYTES) + 1;
    if (needed > MOST_SEGMENTS) throw new RangeError(`An Opus packet of ${packet.length} bytes fits no Ogg page.`);
    if (segmentCount + needed > MOST_SEGMENTS) {
      pages.push({ packets: [], packetCount: 0 });
      segmentCount = 0;
    }
    const last = pages[pages.length - 1]!;
    last.packets.push(packet);
    last.packetCount = index + 1;
    segmentCount += needed;
  }
  return pages.length === 0 ? [{ packets: [], packetCount: 0 }] : pages;
}

interface PageFacts {
  readonly flags: number;
  readonly granule48k: number;
  readonly number: number;
}

function page(packets: readonly Uint8Array[], { flags, granule48k, number }: PageFacts): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...new Array<number>(Math.floor(length / SEGMENT_BYTES)).fill(SEGMENT_BYTES),
    length % SEGMENT_BYTES,
  ]);
  const bytes = new Uint8Array(
    PAGE_HEADER_BYTES + lacing.length + packets.reduce((sum, { length }) => sum + length, 0),
  );
  const view = new DataView(bytes.buffer);
  writeText(bytes, 0, 'OggS');
  bytes[5] = flags;
  view.setBigUint64(6, BigInt(granule48k), true);
  view.setUint32(14, SERIAL_NUMBER, true);
  view.setUint32(18, number, true);
  bytes[26] = lacing.length;
  bytes.set(lacing, PAGE_HEADER_BYTES);
  let offset = PAGE_HEADER_BYTES + lacing.length;
  for (const packet of packets) {
    bytes.set(packet, offset);
    offset += packet.length;
  }
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

function checksum(bytes: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ bytes[i]!]!;
  return crc >>> 0;
}

function opusHead({ preSkip48k, inputRateHz }: OpusStream): Uint8Array {
  const bytes = new Uint8Array(19);
  const view = new DataView(bytes.buffer);
  writeText(bytes, 0, 'OpusHead');
  bytes[8] = 1;
  bytes[9] = 1;
  view.setUint16(10, preSkip48k, true);
  view.setUint32(12, inputRateHz, true);
  return bytes;
}

function opusTags(): Uint8Array {
  const vendor = 'ossicle';
  const bytes = new Uint8Array(8 + 4 + vendor.length + 4);
  writeText(bytes, 0, 'OpusTags');
  new DataView(bytes.buffer).setUint32(8, vendor.length, true);
  writeText(bytes, 12, vendor);
  return bytes;
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}
