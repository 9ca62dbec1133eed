import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { type OpusStream, writeOggOpus } from './ogg-opus.ts';

/** A tenth of PCM16's 256 kbit/s; at 16 kbit/s the recogniser errs measurably more. */
export const OPUS_BITS_PER_SECOND = 24_000;

const OPUS_RATE_HZ = 48_000;
const FRAME_MICROSECONDS = 20_000;
const FRAME_SAMPLES_48K: number = (OPUS_RATE_HZ * FRAME_MICROSECONDS) / 1e6;
const FRAME_SAMPLES: number = (SEGMENT_RATE_HZ * FRAME_MICROSECONDS) / 1e6;
/** libopus' delay in `voip` mode, where the encoder does not tell its own. */
const USUAL_PRE_SKIP_48K = 312;
const PRE_SKIP_OFFSET_BYTES = 10;

/** TypeScript's library lags behind the standard. */
interface OpusSettings extends OpusEncoderConfig {
  readonly application: 'voip';
  readonly signal: 'voice';
}

/** How speech is encoded. */
function opusConfig(bitsPerSecond: number): AudioEncoderConfig {
  const opus: OpusSettings = {
    application: 'voip',
    signal: 'voice',
    frameDuration: FRAME_MICROSECONDS,
    format: 'opus',
  };
  return {
    codec: 'opus',
    sampleRate: SEGMENT_RATE_HZ,
    numberOfChannels: 1,
    bitrate: bitsPerSecond,
    opus,
  };
}

/** True where this thread can encode Opus (WebCodecs). */
export async function canEncodeOpus(bitsPerSecond: number = OPUS_BITS_PER_SECOND): Promise<boolean> {
  if (typeof AudioEncoder === 'undefined' || typeof AudioData === 'undefined') return false;
  try {
    return (await AudioEncoder.isConfigSupported(opusConfig(bitsPerSecond))).supported === true;
  } catch {
    return false;
  }
}

/**
 * Encodes a clip as an Ogg Opus file.
 *
 * @param pcm16 Mono at 16 kHz; read only.
 * @throws What the browser's encoder throws; the signal's reason when that aborts.
 * Source: W3C WebCodecs and its Opus registration.
 */
export async function encodeOggOpus(
  pcm16: Int16Array,
  signal: AbortSignal,
  bitsPerSecond: number = OPUS_BITS_PER_SECOND,
): Promise<Uint8Array<ArrayBuffer>> {
  const packets: Uint8Array[] = [];
  let preSkip48k = USUAL_PRE_SKIP_48K;
  let fault: DOMException | undefined;
  const encoder = new AudioEncoder({
    output: (chunk, metadata) => {
      preSkip48k = preSkipIn(metadata?.decoderConfig?.description) ?? preSkip48k;
      const packet = new Uint8Array(chunk.byteLength);
      chunk.copyTo(packet);
      packets.push(packet);
    },
    error: (thrown) => {
      fault = thrown;
    },
  });
  const giveUp = (): void => {
    if (encoder.state !== 'closed') encoder.close();
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    encoder.configure(opusConfig(bitsPerSecond));
    const data = paddedFrames(pcm16, preSkip48k);
    encoder.encode(data);
    data.close();
    await encoder.flush();
  } catch (thrown) {
    signal.throwIfAborted();
    throw fault ?? thrown;
  } finally {
    signal.removeEventListener('abort', giveUp);
    giveUp();
  }
  const stream: OpusStream = {
    packets,
    packetSamples48k: FRAME_SAMPLES_48K,
    preSkip48k,
    soundSamples48k: pcm16.length * (OPUS_RATE_HZ / SEGMENT_RATE_HZ),
    inputRateHz: SEGMENT_RATE_HZ,
  };
  return writeOggOpus(stream);
}

/** The clip with zeros to whole frames, and enough of them for the encoder's delay: the last word stays whole. */
function paddedFrames(pcm16: Int16Array, preSkip48k: number): AudioData {
  const delaySamples = Math.ceil((preSkip48k * SEGMENT_RATE_HZ) / OPUS_RATE_HZ);
  const frameCount = Math.ceil((pcm16.length + delaySamples) / FRAME_SAMPLES);
  const padded = new Int16Array(frameCount * FRAME_SAMPLES);
  padded.set(pcm16);
  return new AudioData({
    format: 's16',
    sampleRate: SEGMENT_RATE_HZ,
    numberOfFrames: padded.length,
    numberOfChannels: 1,
    timestamp: 0,
    data: padded,
  });
}

/** Source: RFC 7845, section 5.1: the identification header's pre-skip. */
function preSkipIn(description: AllowSharedBufferSource | undefined): number | undefined {
  if (description === undefined) return undefined;
  const view = ArrayBuffer.isView(description)
    ? new DataView(description.buffer, description.byteOffset, description.byteLength)
    : new DataView(description);
  return view.byteLength >= PRE_SKIP_OFFSET_BYTES + 2 ? view.getUint16(PRE_SKIP_OFFSET_BYTES, true) : undefined;
}
