import type { Db, Dbfs, Dbtp, Lufs } from '../units.ts';

/** What the one gain of a segment aims at, and what holds it back. */
export interface GainLimits {
  /** Loudness aimed at, -70..0 LUFS. Higher is louder, and meets the true-peak ceiling more often. */
  readonly targetLufs: Lufs;
  /** Smallest gain, -60..0 dB. */
  readonly minGainDb: Db;
  /** Largest gain, 0..60 dB. Higher helps quiet microphones and lifts more noise. */
  readonly maxGainDb: Db;
  /** True peak that the gain may reach, -20..0 dBTP. */
  readonly truePeakCeilingDbtp: Dbtp;
  /** Noise floor that a positive gain may reach, -90..0 dBFS. Higher serves quiet speech, lower keeps noise down. */
  readonly noiseCeilingDbfs: Dbfs;
}

/** EBU R 128's target and true-peak ceiling; the range and the noise ceiling as the recogniser was measured with. */
export const GAIN_DEFAULTS: GainLimits = {
  targetLufs: -23,
  minGainDb: -12,
  maxGainDb: 40,
  truePeakCeilingDbtp: -1,
  noiseCeilingDbfs: -40,
};

/** What was measured on a segment before the gain. */
export interface GainInput {
  /** -Infinity for silence. */
  loudnessLufs: Lufs;
  /** -Infinity for digital silence. */
  truePeakDbtp: Dbtp;
  /** -Infinity where there is no noise. */
  noiseLevelDbfs: Dbfs;
}

/** Which limit decided the gain. */
export type GainLimit = 'none' | 'minimum' | 'maximum' | 'true-peak' | 'noise';

/** The chosen gain. */
export interface GainChoice {
  gainDb: Db;
  /** How far the gain stays below what the target asks for, 0 or more. */
  shortfallDb: Db;
  limitedBy: GainLimit;
}

function requireWithin(field: keyof GainLimits, value: number, low: number, high: number): number {
  if (!(value >= low && value <= high)) {
    throw new RangeError(`${field} must lie in ${low}..${high}, got ${value}`);
  }
  return value;
}

/**
 * Fills in the defaults and checks the ranges.
 *
 * @throws RangeError naming the field, its range and the value.
 */
export function resolveGainOptions(options: Partial<GainLimits> = {}): GainLimits {
  const merged = { ...GAIN_DEFAULTS, ...options };
  return {
    targetLufs: requireWithin('targetLufs', merged.targetLufs, -70, 0),
    minGainDb: requireWithin('minGainDb', merged.minGainDb, -60, 0),
    maxGainDb: requireWithin('maxGainDb', merged.maxGainDb, 0, 60),
    truePeakCeilingDbtp: requireWithin('truePeakCeilingDbtp', merged.truePeakCeilingDbtp, -20, 0),
    noiseCeilingDbfs: requireWithin('noiseCeilingDbfs', merged.noiseCeilingDbfs, -90, 0),
  };
}

/** Gain that brings `level` to `ceiling`; a level that is not known (NaN, +Infinity) leaves no room to amplify. */
function roomDb(ceiling: number, level: number): Db {
  const room = ceiling - level;
  return Number.isNaN(room) || room === -Infinity ? 0 : room;
}

/**
 * Chooses one static gain for a segment: towards the target loudness, at most the maximum, under the true-peak ceiling,
 * without lifting the noise over its ceiling (noise never asks for a negative gain), at least the minimum.
 *
 * The minimum goes last: below it the signal is so hot that the conversion to PCM16 may saturate. Silence, and a loudness that is
 * not a number, get 0 dB.
 *
 * @realtime
 * @param limits As {@link resolveGainOptions} returns them.
 * @param result Overwritten with the answer.
 */
export function chooseGain(input: GainInput, limits: GainLimits, result: GainChoice): void {
  result.gainDb = 0;
  result.shortfallDb = 0;
  result.limitedBy = 'none';
  if (!Number.isFinite(input.loudnessLufs)) return;

  const wantedDb = limits.targetLufs - input.loudnessLufs;
  let gainDb = wantedDb;
  if (gainDb > limits.maxGainDb) {
    gainDb = limits.maxGainDb;
    result.limitedBy = 'maximum';
  }
  const peakRoomDb = roomDb(limits.truePeakCeilingDbtp, input.truePeakDbtp);
  if (gainDb > peakRoomDb) {
    gainDb = peakRoomDb;
    result.limitedBy = 'true-peak';
  }
  const noiseRoomDb = Math.max(0, roomDb(limits.noiseCeilingDbfs, input.noiseLevelDbfs));
  if (gainDb > noiseRoomDb) {
    gainDb = noiseRoomDb;
    result.limitedBy = 'noise';
  }
  if (gainDb < limits.minGainDb) {
    gainDb = limits.minGainDb;
    result.limitedBy = 'minimum';
  }
  result.gainDb = gainDb;
  result.shortfallDb = Math.max(0, wantedDb - gainDb);
}
