import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { encodeWavPcm16 } from '../src/dsp/wav.ts';
import type { AppOptions } from '../src/server/app.ts';
import { type RunningServer, serve } from '../src/server/serve.ts';
import { concatenate } from './signals.ts';
import { recording } from './transcribed-clips.ts';

const ROOT = new URL('../', import.meta.url);

/** Where a clone keeps what the server runs on, after `npm run build`. */
export const BUILT: Required<Pick<AppOptions, 'workerUrl' | 'kernelPath' | 'modelsFolder'>> = {
  workerUrl: new URL('dist/node/predict-worker.js', ROOT),
  kernelPath: fileURLToPath(new URL('dist/kernel/silero-v6-fp16.wasm', ROOT)),
  modelsFolder: fileURLToPath(new URL('models/', ROOT)),
};

/** A real server on a free loopback port. */
export interface LocalServer extends RunningServer {
  readonly origin: string;
}

/** Starts a server with one recogniser and waits until it takes clips. */
export async function startLocalServer(options: AppOptions = {}): Promise<LocalServer> {
  const running = await serve({ ...BUILT, appFolder: null, threadCount: 1, port: 0, host: '127.0.0.1', ...options });
  await running.ready;
  return { ...running, origin: `http://127.0.0.1:${running.port}` };
}

/** One recording of test/fixtures/audio as an upload. */
export async function fixtureFile(name: string): Promise<File> {
  return new File([await readFile(new URL(`test/fixtures/audio/${name}`, ROOT))], name);
}

/** Speech of about `seconds`, repeated from one recording, as a WAV file of 16 kHz: work that takes a while. */
export async function longSpeech(seconds: number): Promise<Uint8Array<ArrayBuffer>> {
  const once = await recording('brooklyn_bridge_padded.flac');
  const repeats = Math.floor((seconds * 16_000) / once.length);
  const samples = concatenate(...Array.from({ length: repeats }, () => once));
  return encodeWavPcm16(
    Int16Array.from(samples, (x) => x * 32_767),
    16_000,
  );
}

/** A transcription form: the file and further fields. */
export function transcriptionForm(
  file: File | Blob | undefined,
  fields: Readonly<Record<string, string>> = {},
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file !== undefined) form.append('file', file, file instanceof File ? file.name : 'clip.wav');
  return form;
}

/** Posts a transcription form. */
export function postForm(origin: string, form: FormData, init: RequestInit = {}): Promise<Response> {
  return fetch(`${origin}/v1/audio/transcriptions`, { method: 'POST', body: form, ...init });
}
