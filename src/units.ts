/**
 * Documentary aliases for every unit the pipeline speaks, and the only conversions between them.
 *
 * The aliases are plain numbers: they tell a reader what a parameter means and cost nothing at run time.
 */

/** Milliseconds. */
export type Ms = number;
/** Seconds. */
export type Seconds = number;
/** Cycles, or samples, per second. */
export type Hz = number;
/** A count of, or position in, samples. */
export type Samples = number;
/** A ratio of levels in decibels. */
export type Db = number;
/** Level against digital full scale: RMS or peak; a full-scale sine is -3.01 dBFS RMS. */
export type Dbfs = number;
/** Active speech level against overload (ITU-T P.56); a full-scale square wave is 0 dBov. */
export type Dbov = number;
/** True peak against digital full scale (ITU-R BS.1770-4, Annex 2). */
export type Dbtp = number;
/** K-weighted loudness against full scale (ITU-R BS.1770-4). */
export type Lufs = number;

/** Nearest whole number of samples in a stretch of milliseconds. */
export function msToSamples(ms: Ms, rateHz: Hz): Samples {
  return Math.round((ms * rateHz) / 1000);
}

/** Length of a run of samples in milliseconds. */
export function samplesToMs(samples: Samples, rateHz: Hz): Ms {
  return (samples * 1000) / rateHz;
}

/** Length of a run of samples in seconds. */
export function samplesToSeconds(samples: Samples, rateHz: Hz): Seconds {
  return samples / rateHz;
}

/** Seconds of a stretch of milliseconds. */
export function msToSeconds(ms: Ms): Seconds {
  return ms / 1000;
}

/** Nearest whole number of samples in a stretch of seconds. */
export function secondsToSamples(seconds: Seconds, rateHz: Hz): Samples {
  return Math.round(seconds * rateHz);
}

/** Amplitude ratio of a gain in decibels. */
export function dbToAmplitude(db: Db): number {
  return 10 ** (db / 20);
}

/** Decibels of an amplitude ratio; -Infinity for 0. */
export function amplitudeToDb(amplitude: number): Db {
  return 20 * Math.log10(amplitude);
}

/** Decibels of a power ratio (a mean square); -Infinity for 0. */
export function powerToDb(power: number): Db {
  return 10 * Math.log10(power);
}
