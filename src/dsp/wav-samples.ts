import type { Hz } from '../units.ts';

const TAG_PCM = 1;
const TAG_FLOAT = 3;

/** How the samples of a WAV file are written. */
export interface SampleFormat {
  readonly channelCount: number;
  readonly rateHz: Hz;
  readonly bytesPerSample: number;
  readonly encoding: 'pcm' | 'float';
}

/**
 * The encoding behind a format tag.
 *
 * @param formatStart Byte offset of the 'fmt ' chunk's content, for the message.
 * @throws TypeError for anything but PCM of 8, 16, 24 or 32 bits and floats of 32 or 64.
 */
export function requireSampleFormat(tag: number, bits: number, formatStart: number): SampleFormat['encoding'] {
  if (tag === TAG_PCM && (bits === 8 || bits === 16 || bits === 24 || bits === 32)) return 'pcm';
  if (tag === TAG_FLOAT && (bits === 32 || bits === 64)) return 'float';
  throw new TypeError(
    `WAV format ${tag} with ${bits} bits at byte ${formatStart} is not supported: convert the file to PCM of 8, 16, 24 or 32 bits or float of 32 or 64`,
  );
}

function reader(view: DataView, { encoding, bytesPerSample }: SampleFormat): (at: number) => number {
  if (encoding === 'float') {
    return bytesPerSample === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  }
  switch (bytesPerSample) {
    case 1:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 2:
      return (at) => view.getInt16(at, true) / 32_768;
    case 3:
      return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608;
    default:
      return (at) => view.getInt32(at, true) / 2_147_483_648;
  }
}

/**
 * Takes interleaved samples apart; a block that is cut short at the end is left out.
 *
 * @param start First byte of the samples.
 * @param end One past their last byte, inside `view`.
 * @returns One new array a channel.
 */
export function decodeSamples(view: DataView, start: number, end: number, format: SampleFormat): Float32Array[] {
  const { channelCount, bytesPerSample } = format;
  const blockBytes = channelCount * bytesPerSample;
  const blockCount = Math.max(0, Math.floor((end - start) / blockBytes));
  const read = reader(view, format);
  const channels: Float32Array[] = [];
  for (let c = 0; c < channelCount; c++) {
    const samples = new Float32Array(blockCount);
    for (let i = 0; i < blockCount; i++) samples[i] = read(start + i * blockBytes + c * bytesPerSample);
    channels.push(samples);
  }
  return channels;
}
