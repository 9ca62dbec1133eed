import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { type OpusStream, writeOggOpus } from './ogg-opus.ts';

const OPUS_RATE_HZ = 48_000;
const FRAME_MICROSECONDS = 20_000;
const FRAME_SAMPLES_48K: number = (OPUS_RATE_HZ * FRAME_MICROSECONDS) / 1e6;
const FRAME_SAMPLES: number = (SEGMENT_RATE_HZ * FRAME_MICROSECONDS) / 1e6;
/** libopus' delay of 6.5 ms, where the encoder does not tell its own. */
const USUAL_PRE_SKIP_48K = 312;
const PRE_SKIP_OFFSET_BYTES = 10;
/** 2.5 ms: no Opus encoder is quicker. */
const LEAST_PRE_SKIP_48K = 120;

/** How speech is encoded; the defaults are what docs/benchmarks/prediction-opus.md found best. */
export interface OpusChoice {
  readonly bitsPerSecond: number;
  /** `voip` cuts the lowest tones off, which costs the recogniser words. */
  readonly application: 'voip' | 'audio';
}

/** A tenth of PCM16's 256 kbit/s. */
export const OPUS_CHOICE: OpusChoice = { bitsPerSecond: 24_000, application: 'audio' };

/** TypeScript's library lags behind the standard. */
interface OpusSettings extends OpusEncoderConfig {
  readonly application: OpusChoice['application'];
}

function opusConfig({ bitsPerSecond, application }: OpusChoice): AudioEncoderConfig {
  const opus: OpusSettings = { application, frameDuration: FRAME_MICROSECONDS, format: 'opus' };
  return { codec: 'opus', sampleRate: SEGMENT_RATE_HZ, numberOfChannels: 1, bitrate: bitsPerSecond, opus };
}

/** True where this thread can encode Opus (WebCodecs). */
export async function canEncodeOpus(choice: OpusChoice = OPUS_CHOICE): Promise<boolean> {
  if (typeof AudioEncoder === 'undefined' || typeof AudioData === 'undefined') return false;
  try {
    return (await AudioEncoder.isConfigSupported(opusConfig(choice))).supported === true;
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
  choice: OpusChoice = OPUS_CHOICE,
): Promise<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted();
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
    encoder.configure(opusConfig(choice));
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
  if (view.byteLength < PRE_SKIP_OFFSET_BYTES + 2) return undefined;
  const told = view.getUint16(PRE_SKIP_OFFSET_BYTES, true);
  // Chromium 156 counts it at the sound's own rate instead of 48 kHz.
  return told < LEAST_PRE_SKIP_48K ? told * (OPUS_RATE_HZ / SEGMENT_RATE_HZ) : told;
}
