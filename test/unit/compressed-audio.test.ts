import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  OggOutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countClipErrors } from '../../src/evaluation/word-error-rate.ts';
import type { CompressedFormat } from '../../src/server/audio-format.ts';
import { type AudioInput, readAudio, toRecogniserRate } from '../../src/server/audio-input.ts';
import type { DecodedAudio } from '../../src/server/audio-limits.ts';
import { DecodeThread } from '../../src/server/decode-thread.ts';
import { RefusedRequest } from '../../src/server/openai-error.ts';
import { fixtureFile, type LocalServer, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';
import { recording } from '../transcribed-clips.ts';

const CLIP = 'whats_the_weather_like';
const WORKER = new URL('../../dist/node/decode-worker.js', import.meta.url);
const FORMATS: readonly CompressedFormat[] = ['ogg', 'webm', 'mp3'];

let server: LocalServer;
const thread: DecodeThread = new DecodeThread(WORKER);
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(async () => {
  await server.stop();
  await thread.close();
});

async function fixtureBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fixtureFile(name)).arrayBuffer());
}

function read(bytes: Uint8Array<ArrayBuffer>): Promise<AudioInput> {
  return readAudio(bytes.slice(), thread, new AbortController().signal);
}

async function refusalOf(promise: Promise<unknown>): Promise<RefusedRequest['refusal']> {
  const thrown = await promise.catch((reason: unknown) => reason);
  if (!(thrown instanceof RefusedRequest)) throw new Error('expected a refusal', { cause: thrown });
  return thrown.refusal;
}

/** Pearson's correlation of `copy`, shifted by `lag` samples, with `original`. */
function correlation(original: Float32Array, copy: Float32Array, lag: number): number {
  let [product, originalPower, copyPower] = [0, 0, 0];
  for (let i = 0; i < original.length; i++) {
    const [a, b] = [original[i] ?? 0, copy[i + lag] ?? 0];
    product += a * b;
    originalPower += a * a;
    copyPower += b * b;
  }
  return product / Math.sqrt(originalPower * copyPower);
}

/** RFC 7845, section 5.1: mono, no pre-skip, 48 kHz. */
function opusHead(channelCount: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...new TextEncoder().encode('OpusHead'), 1, channelCount, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0);
}

/** A file of Opus packets; RFC 6716, table 2: byte 0x18 alone is 60 ms of nothing, in mono. */
async function opusFile(
  format: OggOutputFormat | WebMOutputFormat,
  packetCount: number,
  packet: Uint8Array = Uint8Array.of(0x18),
  codec: 'opus' | 'vorbis' = 'opus',
): Promise<Uint8Array<ArrayBuffer>> {
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  await output.start();
  const decoderConfig = { codec, numberOfChannels: 1, sampleRate: 48_000, description: opusHead(1) };
  for (let i = 0; i < packetCount; i++) {
    await source.add(new EncodedPacket(packet, 'key', i * 0.06, 0.06), { decoderConfig });
  }
  await output.finalize();
  return new Uint8Array(target.buffer ?? new ArrayBuffer(0));
}

describe('compressed audio', () => {
  it.each(FORMATS)('in %s decodes to the sound that was encoded, where it was', async (format) => {
    const source = await recording(`${CLIP}.flac`);
    const decoded = await read(await fixtureBytes(`${CLIP}.${format}`));
    const copy = toRecogniserRate(decoded);
    const best = Math.max(...Array.from({ length: 65 }, (_, i) => correlation(source, copy, i - 32)));
    // Coders at 32 and 64 kbit/s change the waveform of speech by some per cent.
    expect(best).toBeGreaterThan(0.95);
    // 20 ms: WebM does not say where in its last packet the sound ends.
    expect(Math.abs(copy.length - source.length)).toBeLessThanOrEqual(0.021 * 16_000);
  });

  it.each(FORMATS)('in %s is recognised, whatever the file is called', async (format) => {
    const form = transcriptionForm(new File([await fixtureBytes(`${CLIP}.${format}`)], 'clip.wav'));
    const response = await postForm(server.origin, form);
    const { text, duration } = await response.json();
    expect(countClipErrors("what's the weather like", text, 'english').editCount).toBe(0);
    expect(Math.abs(duration - 2.03)).toBeLessThan(0.021);
  });

  it.each([
    ['Ogg', () => new OggOutputFormat()],
    ['WebM', () => new WebMOutputFormat()],
  ])('in a small %s file that unfolds into minutes is refused', async (_name, format) => {
    const minutes = await opusFile(format(), 10_000);
    expect(minutes.length).toBeLessThan(200_000);
    expect(await refusalOf(read(minutes))).toMatchObject({ status: 400, param: 'file', code: 'audio_too_long' });
    const fiftyNine = await opusFile(format(), Math.floor(59 / 0.06));
    expect(toRecogniserRate(await read(fiftyNine)).length / 16_000).toBeCloseTo(58.98, 1);
  });

  it('in an MP3 file of over a minute is refused', async () => {
    const once = await fixtureBytes(`${CLIP}.mp3`);
    const long = new Uint8Array(once.length * 32);
    for (let i = 0; i < 32; i++) long.set(once, i * once.length);
    expect(await refusalOf(read(long))).toMatchObject({ status: 400, code: 'audio_too_long' });
  });

  it('is refused when it is not Opus inside Ogg', async () => {
    const bytes = await fixtureBytes(`${CLIP}.ogg`);
    bytes.set(new TextEncoder().encode('Speex   '), 28);
    const { status, message } = await refusalOf(read(bytes));
    expect(status).toBe(400);
    expect(message).toMatch(/^The Ogg file/);
  });

  it('is refused when a packet is damaged or larger than Opus allows', async () => {
    const damaged = await opusFile(new WebMOutputFormat(), 3, Uint8Array.of(0x1b));
    expect(await refusalOf(read(damaged))).toMatchObject({ status: 400, code: 'invalid_audio' });
    const huge = await opusFile(new WebMOutputFormat(), 1, new Uint8Array(100_000));
    expect(await refusalOf(read(huge))).toMatchObject({ status: 400, code: 'invalid_audio' });
  });

  it.each([
    ['an MP3 tag without sound', [0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]],
    ['an MP3 tag longer than the file', [0x49, 0x44, 0x33, 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f]],
    ['an MP3 frame header alone', [0xff, 0xfb, 0x90, 0x64]],
    ['an Ogg page alone', [0x4f, 0x67, 0x67, 0x53, 0, 2]],
    ['an EBML header alone', [0x1a, 0x45, 0xdf, 0xa3, 0x84]],
  ])('is refused when the file is %s', async (_name, bytes) => {
    expect(await refusalOf(read(Uint8Array.from(bytes)))).toMatchObject({ status: 400, param: 'file' });
  });
});

describe('the decoding thread', () => {
  /** Stands for a decoder that a file has caught in a loop; answers what begins with 1. */
  const LOOPING = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ file }) => {
        parentPort.postMessage({ type: 'started' });
        while (file[0] !== 1);
        parentPort.postMessage({ type: 'decoded', samples: Float32Array.of(0.5), rateHz: 16000 });
      });
    `)}`,
  );
  const decode = (of: DecodeThread, first: number, signal = new AbortController().signal): Promise<DecodedAudio> =>
    of.decode(Uint8Array.of(first), 'mp3', signal);

  it('gives up a file that keeps the decoder busy, and decodes the next', async () => {
    const looping = new DecodeThread(LOOPING, 200);
    expect(await refusalOf(decode(looping, 0))).toMatchObject({ status: 400, code: 'invalid_audio' });
    const patient = new DecodeThread(LOOPING);
    expect((await decode(patient, 1)).rateHz).toBe(16_000);
    await Promise.all([looping.close(), patient.close()]);
  });

  it('stops in the middle of a file when nobody waits for it, and decodes the next', async () => {
    const looping = new DecodeThread(LOOPING);
    const stop = new AbortController();
    const dropped = decode(looping, 0, stop.signal);
    stop.abort(new Error('gone'));
    await expect(dropped).rejects.toThrow('gone');
    expect((await decode(looping, 1)).channels[0]).toEqual(Float32Array.of(0.5));
    await looping.close();
  });

  it('refuses a file when the decoder dies of it', async () => {
    const dying = new DecodeThread(new URL('data:text/javascript,throw new Error("broken")'));
    expect((await refusalOf(decode(dying, 0))).message).toContain('broken');
    await dying.close();
  });

  it('says which packages a server lacks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ossicle-bare-'));
    await cp(new URL('./', WORKER), folder, { recursive: true });
    const bare = new DecodeThread(pathToFileURL(join(folder, 'decode-worker.js')));
    const file = await fixtureBytes(`${CLIP}.ogg`);
    const { code, message } = await refusalOf(bare.decode(file, 'ogg', new AbortController().signal));
    expect(code).toBe('unsupported_format');
    expect(message).toMatch(/WAV or FLAC.*npm install mediabunny opus-decoder/);
    await bare.close();
    await rm(folder, { recursive: true });
  });
});
