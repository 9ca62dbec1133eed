/** Seeded generators of test signals: the same arguments give the same samples on every machine. */

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal numbers from a seed (Box-Muller). */
export function seededNormal(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A sine of `peakDbfs` (amplitude, so that 0 is full scale), starting at `phaseDegrees`. */
export function tone(
  rateHz: number,
  seconds: number,
  frequencyHz: number,
  peakDbfs: number,
  phaseDegrees = 0,
): Float32Array {
  const amplitude = 10 ** (peakDbfs / 20);
  const phase = (phaseDegrees * Math.PI) / 180;
  return Float32Array.from(
    { length: Math.round(seconds * rateHz) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz + phase),
  );
}

/** Digital silence. */
export function silence(rateHz: number, seconds: number): Float32Array {
  return new Float32Array(Math.round(seconds * rateHz));
}

/** White Gaussian noise of `rmsDbfs`. */
export function whiteNoise(rateHz: number, seconds: number, rmsDbfs: number, seed: number): Float32Array {
  const normal = seededNormal(seed);
  const rms = 10 ** (rmsDbfs / 20);
  return Float32Array.from({ length: Math.round(seconds * rateHz) }, () => rms * normal());
}

/** Noise that falls by 6 dB an octave above `cornerHz`, like ventilation and traffic, scaled to `rmsDbfs`. */
export function rumble(rateHz: number, seconds: number, rmsDbfs: number, seed: number, cornerHz = 200): Float32Array {
  const normal = seededNormal(seed);
  const keep = Math.exp((-2 * Math.PI * cornerHz) / rateHz);
  let low = 0;
  const samples = Float64Array.from({ length: Math.round(seconds * rateHz) }, () => {
    low = keep * low + (1 - keep) * normal();
    return low;
  });
  return scaledTo(rmsDbfs, samples);
}

/** When the speech of {@link speechLikeBursts} sounds: a share of each cycle. */
export interface BurstOptions {
  readonly seed: number;
  readonly burstSeconds?: number;
  readonly pauseSeconds?: number;
}

/**
 * Sound with the level swings of speech and real pauses: a buzz of varying pitch under syllables of 4 a second, in bursts of
 * `burstSeconds` with `pauseSeconds` of silence before each. Scaled so that the bursts alone have `burstRmsDbfs`.
 */
export function speechLikeBursts(
  rateHz: number,
  seconds: number,
  burstRmsDbfs: number,
  { seed, burstSeconds = 1.2, pauseSeconds = 0.4 }: BurstOptions,
): Float32Array {
  const random = seededRandom(seed);
  const normal = seededNormal(seed + 1);
  const samples = new Float64Array(Math.round(seconds * rateHz));
  let phase = 0;
  let pitchHz = 120;
  let sumSquares = 0;
  let burstSampleCount = 0;
  for (let i = 0; i < samples.length; i++) {
    const inCycle = (i / rateHz) % (burstSeconds + pauseSeconds);
    if (inCycle < pauseSeconds) continue;
    const inBurst = inCycle - pauseSeconds;
    if (i % Math.round(rateHz / 10) === 0) pitchHz = 90 + 80 * random();
    phase += (2 * Math.PI * pitchHz) / rateHz;
    const syllable = 0.1 + Math.abs(Math.sin(Math.PI * 4 * inBurst));
    let buzz = 0.2 * normal();
    for (let harmonic = 1; harmonic <= 12; harmonic++) buzz += Math.cos(harmonic * phase + harmonic) / harmonic;
    samples[i] = syllable * buzz;
    sumSquares += samples[i]! ** 2;
    burstSampleCount++;
  }
  const scale = 10 ** (burstRmsDbfs / 20) / Math.sqrt(sumSquares / burstSampleCount);
  return Float32Array.from(samples, (x) => x * scale);
}

/** The sum of signals of one length. */
export function mix(...signals: readonly Float32Array[]): Float32Array {
  const longest = Math.max(...signals.map((signal) => signal.length));
  return Float32Array.from({ length: longest }, (_, i) => signals.reduce((sum, signal) => sum + (signal[i] ?? 0), 0));
}

/** Signals one after the other. */
export function concatenate(...signals: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(signals.reduce((sum, signal) => sum + signal.length, 0));
  let at = 0;
  for (const signal of signals) {
    joined.set(signal, at);
    at += signal.length;
  }
  return joined;
}

/** Consecutive hops of `hopSamples`; a remainder is left out. */
export function hopsOf(samples: Float32Array, hopSamples: number): Float32Array[] {
  return Array.from({ length: Math.floor(samples.length / hopSamples) }, (_, i) =>
    samples.subarray(i * hopSamples, (i + 1) * hopSamples),
  );
}

function scaledTo(rmsDbfs: number, samples: Float64Array): Float32Array {
  const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  const scale = 10 ** (rmsDbfs / 20) / rms;
  return Float32Array.from(samples, (x) => x * scale);
}
