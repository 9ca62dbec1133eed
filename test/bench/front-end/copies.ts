import { ActiveLevelMeter } from '../../../src/dsp/active-level.ts';
import {
  type Db,
  type Dbfs,
  dbToAmplitude,
  type Hz,
  powerToDb,
  type Seconds,
  secondsToSamples,
} from '../../../src/units.ts';
import { convolved } from './convolution.ts';
import type { Corpus, CorpusClip } from './corpus.ts';

const PCM16_SCALE = 32_768;

/** Owned samples. */
export type Audio = Float32Array<ArrayBuffer>;

/** Rounds to 16-bit steps and saturates, as a device does. */
export function requantised(samples: Float32Array): Audio {
  return Float32Array.from(
    samples,
    (x) => Math.max(-PCM16_SCALE, Math.min(PCM16_SCALE - 1, Math.round(x * PCM16_SCALE))) / PCM16_SCALE,
  );
}

/** The same sound at another level, in 16-bit steps. */
export function atLevel(samples: Float32Array, gainDb: Db): Audio {
  const factor = dbToAmplitude(gainDb);
  return requantised(samples.map((x) => x * factor));
}

/** RMS; -Infinity for digital silence. */
export function rmsDbfs(samples: Float32Array): Dbfs {
  let sum = 0;
  for (const x of samples) sum += x * x;
  return powerToDb(sum / samples.length);
}

/** Active speech level (ITU-T P.56), the RMS where there is too little to tell it from. */
export function speechLevelDbfs(samples: Float32Array, rateHz: Hz): Dbfs {
  const meter = new ActiveLevelMeter(rateHz);
  meter.push(samples);
  const level = meter.activeLevelDbov();
  return Number.isFinite(level) ? level : rmsDbfs(samples);
}

/** As many samples of a recording as wanted, from the start again when it ends. */
export function looped(recording: Float32Array, count: number, from = 0): Audio {
  return Float32Array.from({ length: count }, (_, i) => recording[(from + i) % recording.length]!);
}

/** Speech with noise under it, the active speech `snrDb` above the noise's RMS, in 16-bit steps. */
export function noisy(speech: Float32Array, rateHz: Hz, noise: Float32Array, snrDb: Db, from: number): Audio {
  const bed = looped(noise, speech.length, from);
  const factor = dbToAmplitude(speechLevelDbfs(speech, rateHz) - snrDb - rmsDbfs(bed));
  return requantised(speech.map((x, i) => x + bed[i]! * factor));
}

/** Speech in a room: convolved with its impulse response, at the level it had, in 16-bit steps. */
export function reverberant(speech: Float32Array, response: Float32Array): Audio {
  const output = convolved(speech, response);
  const factor = dbToAmplitude(rmsDbfs(speech) - rmsDbfs(output.subarray(0, speech.length)));
  return requantised(output.map((x) => x * factor));
}

/** Speech so loud that its highest samples, this share of them, hit full scale. */
export function clipped(speech: Float32Array, share: number): Audio {
  const magnitudes = speech.map(Math.abs).sort();
  const limit = magnitudes[Math.floor(magnitudes.length * (1 - share))] ?? 1;
  return requantised(speech.map((x) => x / Math.max(limit, 1e-6)));
}

/** Signals one after the other. */
export function joined(...parts: readonly Float32Array[]): Audio {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What a clip is padded with: a room of the corpus at some level, or nothing at all. */
export class RoomTone {
  readonly #recording: Audio;
  readonly #rmsDbfs: Dbfs;

  constructor(recording: Audio) {
    this.#recording = recording;
    this.#rmsDbfs = rmsDbfs(recording);
  }

  /** @returns The corpus's quietest whole room. @throws Error when the corpus holds none. */
  static async of(corpus: Corpus): Promise<RoomTone> {
    // Some recordings of rooms hold stretches of digital silence, which no microphone gives.
    const rooms = corpus.clips.filter(({ name }) => name.includes('room_tone'));
    const room = rooms.find(({ floorDbfs = -120 }) => floorDbfs > -70) ?? rooms[0];
    if (room === undefined) throw new Error(`${corpus.folder}: no room tone (room_tone_*) to pad clips with.`);
    return new RoomTone(await corpus.samples(room));
  }

  /** A stretch of the room, as recorded or at another level. */
  stretch(length: Seconds, rateHz: Hz, levelDbfs: Dbfs = this.#rmsDbfs, from = 0): Audio {
    const count = secondsToSamples(length, rateHz);
    const factor = dbToAmplitude(levelDbfs - this.#rmsDbfs);
    return requantised(looped(this.#recording, count, from).map((x) => x * factor));
  }
}

/** The level of a clip's own background, within what rooms have. */
export function roomLevelDbfs(clip: CorpusClip): Dbfs {
  return Math.max(-75, Math.min(-45, clip.floorDbfs ?? -60));
}
