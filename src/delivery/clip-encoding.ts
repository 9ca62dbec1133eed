import { encodeWavPcm16 } from '../dsp/wav.ts';
import type { ClipEncoding } from '../protocol/delivery-messages.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { canEncodeOpus, encodeOggOpus } from './opus-encoder.ts';

/** A clip as a file to be sent. */
export interface EncodedClip {
  readonly fileName: string;
  readonly contentType: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/**
 * Packs a clip into a file; WAV where the browser cannot encode Opus, or fails to.
 *
 * @param pcm16 Mono at 16 kHz; read only.
 * @throws The signal's reason when that aborts.
 */
export async function encodeClip(pcm16: Int16Array, encoding: ClipEncoding, signal: AbortSignal): Promise<EncodedClip> {
  if (encoding === 'opus' && (await canEncodeOpus())) {
    try {
      const content = await encodeOggOpus(pcm16, signal);
      return { fileName: 'speech.ogg', contentType: 'audio/ogg', content };
    } catch {
      // What was said must not be lost to a codec.
      signal.throwIfAborted();
    }
  }
  return { fileName: 'speech.wav', contentType: 'audio/wav', content: encodeWavPcm16(pcm16, SEGMENT_RATE_HZ) };
}
