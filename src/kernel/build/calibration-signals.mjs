/** What the int8 kernel is calibrated on: real clips at several levels and in noise, and silence. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLACDecoder } from '@wasm-audio-decoders/flac';

const RATE_HZ = 16000;
/** 0, -20, -40 dB. Gains are written as numbers: powers are not the same to the last bit on every machine. */
const GAINS = [1, 0.1, 0.01];
/** -10 dB for the clips under noise, and the noise's RMS from -30 to -60 dBFS, taken in turn. */
const NOISY_CLIP_GAIN = 0.3;
const NOISE_RMS = [0.03, 0.018, 0.01, 0.0056, 0.003, 0.0018, 0.001];
/** Poles of the filter that colours the noise: from white to rumble. */
const NOISE_POLES = [0, 0.5, 0.9, 0.98];
const SILENCE_SECONDS = 4;

/** Speech of several corpora and speakers, and noise; 16 kHz, all under licences that allow it (see LICENCES.md there). */
const CLIPS = [
  '08b22cb8.flac',
  '165bced7.flac',
  '1688-142285-0003.flac',
  '2033-164914-0007.flac',
  '282d32e1.flac',
  '3005-163389-0002.flac',
  '533-1066-0008.flac',
  '8b705c12.flac',
  'brooklyn_bridge_padded.flac',
  'd40a1330.flac',
  'dishes.flac',
  'eight_0a196374.flac',
  'g_petewarden_nohash_1.flac',
  'librivox_sense_0880.flac',
  'rain.flac',
  'room_tone_1.flac',
  'whats_the_weather_like.flac',
];

/**
 * @param {string} rootDir Of the repository.
 * @returns {string[]} Absolute paths of the clips.
 * @throws {Error} When one is missing.
 */
export function calibrationFiles(rootDir) {
  return CLIPS.map((clip) => {
    const path = join(rootDir, 'test/fixtures/audio', clip);
    if (!existsSync(path)) {
      throw new Error(
        `kernel: calibration clip test/fixtures/audio/${clip} is missing; restore it from the repository`,
      );
    }
    return path;
  });
}

/**
 * @param {readonly string[]} files
 * @returns {Promise<Float32Array[]>} 16 kHz signals; the same on every machine.
 */
export async function calibrationSignals(files) {
  const decoder = new FLACDecoder();
  await decoder.ready;
  /** @type {Float32Array[]} */
  const clips = [];
  for (const file of files) {
    const { channelData, sampleRate } = await decoder.decodeFile(readFileSync(file));
    await decoder.reset();
    const samples = channelData[0];
    if (!samples || sampleRate !== RATE_HZ) throw new Error(`kernel: ${file} is no FLAC of ${RATE_HZ} Hz`);
    clips.push(samples);
  }
  decoder.free();
  return [
    ...GAINS.flatMap((gain) => clips.map((clip) => clip.map((x) => x * gain))),
    ...clips.map((clip, i) => {
      const noise = colouredNoise(clip.length, i + 1, element(NOISE_RMS, i), element(NOISE_POLES, i));
      return clip.map((x, j) => x * NOISY_CLIP_GAIN + /** @type {number} */ (noise[j]));
    }),
    new Float32Array(SILENCE_SECONDS * RATE_HZ),
  ];
}

/**
 * @param {number} count
 * @param {number} seed
 * @param {number} rms
 * @param {number} pole 0 for white.
 * @returns {Float32Array}
 */
function colouredNoise(count, seed, rms, pole) {
  // Numerical Recipes' linear congruential generator; its upper bits are random enough for noise.
  let state = seed >>> 0;
  let last = 0;
  const noise = Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    last = last * pole + state / 2 ** 32 - 0.5;
    return last;
  });
  const raw = Math.sqrt(noise.reduce((sum, x) => sum + x * x, 0) / count);
  return noise.map((x) => (x * rms) / raw);
}

/**
 * @param {readonly number[]} list
 * @param {number} index Taken modulo the length.
 * @returns {number}
 */
function element(list, index) {
  return /** @type {number} */ (list[index % list.length]);
}
