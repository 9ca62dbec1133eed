import { readFileSync, writeFileSync } from 'node:fs';
import { ActiveLevelMeter } from '../../src/dsp/active-level.ts';
import { parseFlac } from '../../src/dsp/flac.ts';
import { floatToPcm16 } from '../../src/dsp/pcm.ts';
import { Resampler } from '../../src/dsp/resampler.ts';
import { encodeWavPcm16 } from '../../src/dsp/wav.ts';
import { amplitudeToDb, dbToAmplitude } from '../../src/units.ts';
import { concatenate, silence } from '../signals.ts';

/** Rate of Chromium's fake microphone. */
export const MICROPHONE_RATE_HZ = 48_000;

const AUDIO = new URL('../fixtures/audio/', import.meta.url);

/** At the end of the file Chromium repeats its last 10 ms for ever: they must be silent. */
const END_SECONDS = 0.1;

/** Sound of places; someone knocks about in the first seconds of the room between recordings. */
const ROOMS = {
  quiet: { path: 'room_tone_1.flac', fromSeconds: 7 },
  rain: { path: 'rain.flac', fromSeconds: 0 },
  dishes: { path: 'dishes.flac', fromSeconds: 0 },
} as const;

/** What stands in the fixtures' manifest about one clip, as far as these tests need it. */
export interface ClipFacts {
  readonly path: string;
  readonly set: string;
  readonly transcript: string;
  /** File with the times of the words, if there is one. */
  readonly words?: string;
}

/** How a clip is played into the microphone. */
export interface Scene {
  /** File name below test/fixtures/audio; nobody speaks when left out. */
  readonly clip?: string;
  /** Before the clip; the microphone takes a few tenths of a second to open. */
  readonly leadSeconds?: number;
  /** After the clip. */
  readonly tailSeconds?: number;
  /** What sounds before, under and after the clip. Digital zeros when left out. */
  readonly room?: keyof typeof ROOMS;
  /** Speech, at its active level, over the room's RMS; as both were recorded when left out. */
  readonly snrDb?: number;
  /** Applied to everything: someone far away, or a weak microphone. */
  readonly gainDb?: number;
}

/** Everything in the manifest about a clip. */
export function clipFacts(clip: string): ClipFacts {
  const lines = readFileSync(new URL('manifest.jsonl', AUDIO), 'utf8').split('\n');
  for (const line of lines) {
    if (line === '') continue;
    const facts: ClipFacts = JSON.parse(line);
    if (facts.path === clip) return facts;
  }
  throw new Error(`test/fixtures/audio/manifest.jsonl knows no ${clip}`);
}

/** End of the last word in the clip, in seconds from its start, as the word alignment labels it. */
export function lastWordEndSeconds(clip: string): number {
  const { words } = clipFacts(clip);
  if (words === undefined) throw new Error(`${clip} has no word times`);
  const labels: { readonly words: readonly (readonly [string, number, number])[] } = JSON.parse(
    readFileSync(new URL(words, AUDIO), 'utf8'),
  );
  const last = labels.words.at(-1);
  if (last === undefined) throw new Error(`${words} names no word`);
  return last[2];
}

/** The samples of a scene at {@link MICROPHONE_RATE_HZ}, in [-1, 1]. */
export function sceneSamples({
  clip,
  leadSeconds = 1,
  tailSeconds = 2.5,
  room,
  snrDb,
  gainDb = 0,
}: Scene): Float32Array {
  const speech = clip === undefined ? new Float32Array() : fixtureSamples(clip);
  const samples = concatenate(
    silence(MICROPHONE_RATE_HZ, leadSeconds),
    speech,
    silence(MICROPHONE_RATE_HZ, tailSeconds),
  );
  if (room !== undefined) addRoom(samples, roomSamples(room), speech, snrDb);
  const amplitude = dbToAmplitude(gainDb);
  return samples.map((x) => x * amplitude);
}

/** Writes a scene as a file for {@link microphoneArguments}. */
export function writeScene(scene: Scene, path: string): void {
  const samples = concatenate(sceneSamples(scene), silence(MICROPHONE_RATE_HZ, END_SECONDS));
  writeFileSync(path, wavFile(samples));
}

/** Samples at {@link MICROPHONE_RATE_HZ} as a WAV file. */
export function wavFile(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const pcm16 = new Int16Array(samples.length);
  floatToPcm16(samples, 0, samples.length, 1, pcm16, 0);
  return encodeWavPcm16(pcm16, MICROPHONE_RATE_HZ);
}

/** Chromium's switches for a microphone that plays a file, once, whenever it is opened, and is always allowed. */
export function microphoneArguments(path: string): readonly string[] {
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${path}%noloop`,
  ];
}

function fixtureSamples(name: string): Float32Array {
  const { rateHz, channels } = parseFlac(readFileSync(new URL(name, AUDIO)));
  const mono = channels[0];
  if (mono === undefined) throw new Error(`${name} holds no channel`);
  const resampler = new Resampler(rateHz, MICROPHONE_RATE_HZ);
  const output = new Float32Array(resampler.maxOutputFor(mono.length) + resampler.maxFlushOutput);
  const count = resampler.push(mono, output);
  return output.subarray(0, count + resampler.flush(output.subarray(count)));
}

function roomSamples(room: keyof typeof ROOMS): Float32Array {
  const { path, fromSeconds } = ROOMS[room];
  return fixtureSamples(path).subarray(fromSeconds * MICROPHONE_RATE_HZ);
}

/** Lays the room's sound, repeated as needed, under all samples, in place. */
function addRoom(samples: Float32Array, room: Float32Array, speech: Float32Array, snrDb: number | undefined): void {
  const gain = snrDb === undefined ? 1 : dbToAmplitude(activeLevelDb(speech) - snrDb - rmsDb(room));
  for (let i = 0; i < samples.length; i++) samples[i]! += gain * room[i % room.length]!;
}

function activeLevelDb(samples: Float32Array): number {
  const meter = new ActiveLevelMeter(MICROPHONE_RATE_HZ);
  meter.push(samples);
  return meter.activeLevelDbov();
}

function rmsDb(samples: Float32Array): number {
  let sumSquares = 0;
  for (const x of samples) sumSquares += x * x;
  return amplitudeToDb(Math.sqrt(sumSquares / samples.length));
}
