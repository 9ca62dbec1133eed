/** Files that are decoded by packages of their own, in a thread of their own. */
export type CompressedFormat = 'ogg' | 'webm' | 'mp3';
/** Audio files that are read here. */
export type AudioFormat = 'wav' | 'flac' | CompressedFormat;

/** What a message calls the formats that are read. */
export const READABLE_FORMATS = 'WAV, FLAC, Ogg Opus, WebM Opus or MP3';

/** What the first bytes of a file say that it is. */
export type SniffedFormat =
  | { readonly format: AudioFormat }
  /** Known, but not read here; with its name. */
  | { readonly foreign: string }
  | { readonly unknown: true };

/**
 * Tells a file's format by its first bytes; its name and the content type that came with it are not looked at.
 *
 * Source: RFC 9639 (FLAC), RFC 3533 (Ogg), RFC 8794 (EBML), ISO/IEC 11172-3 (MPEG audio header), id3.org (ID3v2).
 */
export function sniffAudioFormat(bytes: Uint8Array): SniffedFormat {
  const mark = ascii(bytes, 0, 4);
  if (['RIFF', 'RIFX', 'RF64'].includes(mark)) return { format: 'wav' };
  if (mark === 'fLaC') return { format: 'flac' };
  if (mark === 'OggS') return { format: 'ogg' };
  if (mark === '\x1aE\xdf\xa3') return { format: 'webm' };
  if (mark.startsWith('ID3')) return { format: 'mp3' };
  if (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0) {
    // Layer bits 00 are reserved in MPEG audio: ADTS uses them.
    return (bytes[1]! & 0x06) === 0 ? { foreign: 'AAC' } : { format: 'mp3' };
  }
  if (ascii(bytes, 4, 8) === 'ftyp') return { foreign: 'MP4' };
  if (mark === 'FORM') return { foreign: 'AIFF' };
  return { unknown: true };
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
