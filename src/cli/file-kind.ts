/** What the first bytes of a file say that it is. */
export type FileKind = 'wav' | 'flac' | 'ogg' | 'mp3' | 'mp4' | 'webm' | 'aiff' | 'text' | 'unknown';

/** What a message calls each kind. */
export const FILE_KIND_NAMES: Readonly<Record<FileKind, string>> = {
  wav: 'a WAV file',
  flac: 'a FLAC file',
  ogg: 'an Ogg file',
  mp3: 'an MP3 file',
  mp4: 'an MP4 or M4A file',
  webm: 'a WebM or Matroska file',
  aiff: 'an AIFF file',
  text: 'a text file',
  unknown: 'no known audio format',
};

/** Bytes looked at to tell text from the rest. */
const TEXT_PROBE_BYTES = 512;

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function isText(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, TEXT_PROBE_BYTES)
    .every((byte) => byte >= 0x80 || byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

/** Tells a file's kind by its content; names and extensions are not looked at. */
export function fileKind(bytes: Uint8Array): FileKind {
  const first = ascii(bytes, 0, 4);
  if (['RIFF', 'RIFX', 'RF64', 'BW64'].includes(first) && ascii(bytes, 8, 12) === 'WAVE') return 'wav';
  if (first === 'fLaC') return 'flac';
  if (first === 'OggS') return 'ogg';
  if (first.startsWith('ID3')) return 'mp3';
  // An MPEG audio frame: eleven bits of sync, then version and layer, of which layer 0 is reserved.
  if (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0 && (bytes[1]! & 0x06) !== 0) return 'mp3';
  if (ascii(bytes, 4, 8) === 'ftyp') return 'mp4';
  if (first === '\x1aE\xdf\xa3') return 'webm';
  if (first === 'FORM') return 'aiff';
  return isText(bytes) ? 'text' : 'unknown';
}
