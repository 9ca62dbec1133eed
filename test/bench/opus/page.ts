import { encodeOggOpus, type OpusChoice } from '../../../src/delivery/opus-encoder.ts';

/** What the page offers to the benchmark. */
export interface EncodingPage {
  /** PCM16 little endian in, an Ogg Opus file out, both in base64. */
  readonly encode: (pcm16: string, choice: OpusChoice) => Promise<string>;
}

declare global {
  interface Window {
    encodingPage?: EncodingPage;
  }
}

window.encodingPage = {
  encode: async (pcm16, choice) => {
    const bytes = Uint8Array.from(atob(pcm16), (letter) => letter.charCodeAt(0));
    const file = await encodeOggOpus(new Int16Array(bytes.buffer), new AbortController().signal, choice);
    let binary = '';
    for (const byte of file) binary += String.fromCharCode(byte);
    return btoa(binary);
  },
};
