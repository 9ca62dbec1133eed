import { type DecodedAudio, refusedFile } from './audio-limits.ts';
import { MonoCollector } from './mono-collector.ts';

/** Decoded at a time: at 8 kbit/s, the least there is, 16 s. */
const PIECE_BYTES: number = 16 * 1024;
/** Bytes without any sound after which a file is given up: covers embedded pictures left out below. */
const MAX_SILENT_BYTES: number = 256 * 1024;

/**
 * Decodes an MP3 file.
 *
 * @param bytes The whole file; read only.
 * @returns Mono at the file's rate, without the encoder's delay and padding where the file states them.
 * @throws RefusedRequest 400 for a file at fault; `ERR_MODULE_NOT_FOUND` without the package.
 */
export async function decodeMp3File(bytes: Uint8Array): Promise<DecodedAudio> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder({ enableGapless: true });
  await decoder.ready;
  try {
    let collected: MonoCollector | undefined;
    let silentBytes = 0;
    for (let at = tagBytes(bytes); at < bytes.length; at += PIECE_BYTES) {
      const { channelData, samplesDecoded, sampleRate } = decoder.decode(bytes.subarray(at, at + PIECE_BYTES));
      if (samplesDecoded === 0) {
        silentBytes += PIECE_BYTES;
        if (silentBytes > MAX_SILENT_BYTES) break;
        continue;
      }
      silentBytes = 0;
      collected ??= new MonoCollector(sampleRate);
      if (collected.rateHz !== sampleRate) {
        throw refusedFile(`The MP3 file changes its sample rate from ${collected.rateHz} to ${sampleRate} Hz.`);
      }
      collected.add(channelData);
    }
    if (collected === undefined) throw refusedFile('The MP3 file cannot be read: it holds no frame that decodes.');
    return { rateHz: collected.rateHz, channels: [collected.samples()] };
  } finally {
    decoder.free();
  }
}

/** Length of the ID3v2 tags in front. Source: id3.org, ID3v2.4.0, section 3.1 (four bytes of seven bits). */
function tagBytes(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === 0x49 && bytes[at + 1] === 0x44 && bytes[at + 2] === 0x33 && at + 10 <= bytes.length) {
    const size = [6, 7, 8, 9].reduce((sum, i) => sum * 128 + (bytes[at + i]! & 0x7f), 0);
    const hasFooter = (bytes[at + 5]! & 0x10) !== 0;
    at += 10 + size + (hasFooter ? 10 : 0);
  }
  return at;
}
