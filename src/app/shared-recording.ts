import { floatToPcm16 } from '../dsp/pcm.ts';
import { encodeWavPcm16 } from '../dsp/wav.ts';
import type { SpeechPipeline } from '../index.ts';
import { DELIVERY_DEFAULTS } from '../protocol/delivery-defaults.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { parseStatedError, parseTranscriptionJson } from '../protocol/transcription.ts';
import type { Seconds } from '../units.ts';
import { APP_WORDS } from './app-words.ts';

/** A longer file is not even read: decoding it would take a phone's memory. */
const MAX_BYTES = 25_000_000;
/** What the server takes. */
const SERVER_SECONDS: Seconds = 60;
/** What the recogniser was trained on; the server cuts longer ones. */
const DEVICE_SECONDS: Seconds = 30;

/** Where a shared recording is recognised. */
export interface SharedRecordingParts {
  readonly pipeline: SpeechPipeline;
  /** The device's recogniser is chosen: nothing is sent. */
  readonly isOnDevice: boolean;
  /** Sent along to the server. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The recording's text, or why there is none, in words for the one who shared it. */
export type SharedText = { readonly text: string } | { readonly problem: string };

/** Reads any sound that this browser can decode, and has it recognised where speech is. Nothing of it is kept. */
export async function recogniseShared(file: File, parts: SharedRecordingParts): Promise<SharedText> {
  const limitSeconds = parts.isOnDevice ? DEVICE_SECONDS : SERVER_SECONDS;
  const tooLong = { problem: APP_WORDS.sharedTooLong(file.name, String(limitSeconds)) };
  if (file.size > MAX_BYTES) return tooLong;
  const pcm16 = await decode(file).catch(() => undefined);
  if (pcm16 === undefined) return { problem: APP_WORDS.sharedNotSound(file.name) };
  if (pcm16.length > limitSeconds * SEGMENT_RATE_HZ) return tooLong;
  try {
    const text = parts.isOnDevice ? await parts.pipeline.recogniseHere(pcm16) : await askServer(pcm16, parts.headers);
    return text.trim() === '' ? { problem: APP_WORDS.sharedNoSpeech(file.name) } : { text: text.trim() };
  } catch (error) {
    return { problem: APP_WORDS.sharedFailed(file.name, error instanceof Error ? error.message : String(error)) };
  }
}

/** Mono at the recogniser's rate. @throws DOMException for what is no sound. */
async function decode(file: File): Promise<Int16Array<ArrayBuffer>> {
  const context = new OfflineAudioContext(1, 1, SEGMENT_RATE_HZ);
  const audio = await context.decodeAudioData(await file.arrayBuffer());
  const mono = new Float32Array(audio.length);
  for (let channel = 0; channel < audio.numberOfChannels; channel++) {
    const samples = audio.getChannelData(channel);
    for (let i = 0; i < mono.length; i++) mono[i]! += samples[i]! / audio.numberOfChannels;
  }
  const pcm16 = new Int16Array(mono.length);
  floatToPcm16(mono, 0, mono.length, 1, pcm16, 0);
  return pcm16;
}

/** The server finds the speech itself, by the same front end as the microphone's. */
async function askServer(pcm16: Int16Array, headers: Readonly<Record<string, string>>): Promise<string> {
  const { endpoint, model, language } = DELIVERY_DEFAULTS;
  const form = new FormData();
  form.set('file', new Blob([encodeWavPcm16(pcm16, SEGMENT_RATE_HZ)], { type: 'audio/wav' }), 'shared.wav');
  form.set('model', model);
  form.set('language', language);
  const response = await fetch(endpoint, { method: 'POST', headers, body: form }).catch(() => undefined);
  if (response === undefined) throw new Error(APP_WORDS.unreachable(location.host));
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Error(parseStatedError(body)?.message ?? APP_WORDS.strangeAnswer(location.host));
  return parseTranscriptionJson(body).text;
}
