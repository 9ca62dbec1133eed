import type { Hz } from '../units.ts';
import { RealFft } from './real-fft.ts';

const FFT_SAMPLES = 256;
const ENERGY_SHARE = 0.99;
/** Every second hop tells as much about seconds of speech as every hop. */
const HOPS_PER_SPECTRUM = 2;
const MIN_RATE_HZ: Hz = 8_000;

/**
 * Frequency below which 99 % of the energy lies, from the mean power spectrum of the hops pushed.
 *
 * Each spectrum sees one hop alone under a Hann window, so that hops need not follow one another: push those with speech in them.
 */
export class RolloffMeter {
  readonly #rateHz: Hz;
  readonly #fft: RealFft = new RealFft(FFT_SAMPLES);
  readonly #block: Float64Array = new Float64Array(FFT_SAMPLES);
  readonly #power: Float64Array = new Float64Array(FFT_SAMPLES / 2 + 1);
  readonly #total: Float64Array = new Float64Array(FFT_SAMPLES / 2 + 1);
  readonly #hann: Float64Array;
  #hopCount = 0;

  /**
   * @param rateHz Rate of the samples.
   * @param hopSamples Length of the hops, 32..256; 10 ms, but no more than 256, when left out.
   * @throws RangeError for a rate under 8 kHz or a length outside the range.
   */
  constructor(rateHz: Hz, hopSamples: number = Math.min(FFT_SAMPLES, Math.round(rateHz / 100))) {
    if (!(rateHz >= MIN_RATE_HZ && Number.isFinite(rateHz))) {
      throw new RangeError(`RolloffMeter needs a rate of at least ${MIN_RATE_HZ} Hz, got ${rateHz}`);
    }
    if (!(Number.isInteger(hopSamples) && hopSamples >= 32 && hopSamples <= FFT_SAMPLES)) {
      throw new RangeError(`RolloffMeter needs hops of 32..${FFT_SAMPLES} samples, got ${hopSamples}`);
    }
    this.#rateHz = rateHz;
    this.#hann = new Float64Array(hopSamples);
    for (let i = 0; i < hopSamples; i++) this.#hann[i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / hopSamples);
  }

  /**
   * Takes one hop with speech in it.
   *
   * @realtime
   * @param hop As many samples as the constructor was told; read only.
   */
  pushHop(hop: Float32Array): void {
    this.#hopCount++;
    if (this.#hopCount % HOPS_PER_SPECTRUM !== 1) return;
    const count = Math.min(hop.length, this.#hann.length);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += hop[i]!;
    // A constant offset is no sound, and the window would spread it.
    const mean = count > 0 ? sum / count : 0;
    for (let i = 0; i < count; i++) this.#block[i] = this.#hann[i]! * (hop[i]! - mean);
    for (let i = count; i < FFT_SAMPLES; i++) this.#block[i] = 0;
    this.#fft.powerSpectrum(this.#block, this.#power);
    for (let k = 0; k < this.#power.length; k++) this.#total[k] = this.#total[k]! + this.#power[k]!;
  }

  /** Roll-off of everything pushed, 0 for nothing or digital silence. @realtime */
  rolloffHz(): Hz {
    let sum = 0;
    for (let k = 0; k < this.#total.length; k++) sum += this.#total[k]!;
    if (!(sum > 0)) return 0;
    let reached = 0;
    for (let k = 0; k < this.#total.length; k++) {
      reached += this.#total[k]!;
      if (reached >= ENERGY_SHARE * sum) return (k * this.#rateHz) / FFT_SAMPLES;
    }
    return this.#rateHz / 2;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#total.fill(0);
    this.#hopCount = 0;
  }
}
