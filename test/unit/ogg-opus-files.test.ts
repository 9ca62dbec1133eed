import fc from 'fast-check';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { writeOggOpus } from '../../src/delivery/ogg-opus.ts';

const PACKET_SAMPLES = 960;

function fileOf(packets: readonly Uint8Array[], soundSamples48k: number): Uint8Array<ArrayBuffer> {
  return writeOggOpus({
    packets,
    packetSamples48k: PACKET_SAMPLES,
    preSkip48k: 312,
    soundSamples48k,
    inputRateHz: 16_000,
  });
}

/** A packet of SILK wide band, 20 ms, mono, with any bytes behind its first. */
function packet(length: number, fill: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(fill);
  bytes[0] = 9 << 3;
  return bytes;
}

interface Page {
  readonly flags: number;
  readonly granule: bigint;
  readonly number: number;
  readonly isIntact: boolean;
}

/** Bit by bit, as RFC 3533 words it: polynomial 0x04c11db7, from the highest bit, starting with 0. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0n;
  for (const byte of bytes) {
    for (let bit = 7n; bit >= 0n; bit--) {
      const isSet = ((crc >> 31n) & 1n) !== ((BigInt(byte) >> bit) & 1n);
      crc = ((crc << 1n) & 0xffff_ffffn) ^ (isSet ? 0x04c1_1db7n : 0n);
    }
  }
  return Number(crc);
}

function pagesOf(file: Uint8Array<ArrayBuffer>): Page[] {
  const pages: Page[] = [];
  for (let at = 0; at < file.length; ) {
    const view = new DataView(file.buffer, at);
    const segmentCount = view.getUint8(26);
    const lacing = file.subarray(at + 27, at + 27 + segmentCount);
    const length = 27 + segmentCount + lacing.reduce((sum, bytes) => sum + bytes, 0);
    const page = file.slice(at, at + length);
    page.fill(0, 22, 26);
    pages.push({
      flags: view.getUint8(5),
      granule: view.getBigUint64(6, true),
      number: view.getUint32(18, true),
      isIntact: crcOf(page) === view.getUint32(22, true),
    });
    at += length;
  }
  return pages;
}

describe('an Ogg Opus file', () => {
  it('gives another reader the packets that were put in, whatever their sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(1, 2, 60, 254, 255, 256, 510, 1275), fc.nat(255)), {
          minLength: 1,
          maxLength: 300,
        }),
        async (shapes) => {
          const packets = shapes.map(([length, fill]) => packet(length, fill));
          const file = fileOf(packets, packets.length * PACKET_SAMPLES - 312);
          const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(file) });
          const track = await input.getPrimaryAudioTrack();
          expect([track?.codec, track?.numberOfChannels]).toEqual(['opus', 1]);
          const read: Uint8Array[] = [];
          for await (const { data } of new EncodedPacketSink(track!).packets()) read.push(data);
          expect(read.map((data) => Buffer.from(data).toString('hex'))).toEqual(
            packets.map((data) => Buffer.from(data).toString('hex')),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('numbers its pages, closes the last one and tells the length of the sound', () => {
    const packets = Array.from({ length: 400 }, (_, index) => packet(60, index % 256));
    const pages = pagesOf(fileOf(packets, 383_000));
    expect(pages.map(({ number }) => number)).toEqual(pages.map((_, index) => index));
    expect(pages.map(({ flags }) => flags)).toEqual([2, 0, 0, 4]);
    expect(pages.map(({ granule }) => granule)).toEqual([0n, 0n, 255n * 960n, 383_312n]);
    expect(pages.every(({ isIntact }) => isIntact)).toBe(true);
  });

  it('begins with the two headers that the standard asks for', () => {
    const file = fileOf([packet(3, 0)], 960);
    const text = Buffer.from(file).toString('latin1');
    const head = text.indexOf('OpusHead');
    // Version 1, one channel, pre-skip 312, 16,000 Hz, no gain, mapping family 0 (RFC 7845, section 5.1).
    expect([...file.subarray(head + 8, head + 19)]).toEqual([1, 1, 0x38, 0x01, 0x80, 0x3e, 0, 0, 0, 0, 0]);
    expect(text.indexOf('OpusTags')).toBeGreaterThan(head);
  });

  it('refuses a packet that no page can hold', () => {
    expect(() => fileOf([packet(65_025, 0)], 960)).toThrow(RangeError);
  });
});
