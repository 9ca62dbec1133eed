import type { Hz, Samples } from '../units.ts';
import { kaiserBeta, kaiserHalfLength, WindowedSinc } from './kaiser.ts';
import { peak } from './level.ts';

// BS.1770-4 asks for 4 points a sample at 48 kHz. Speech at 16 kHz reaches closer to half the rate: between 4 points a sine at
// 0.45 of the rate hides 0.55 dB, between 8 points 0.14 dB.
const POINTS_PER_SAMPLE = 8;
// A filter that is 60 dB down at 0.55 of the rate is flat within 0.01 dB up to 0.45.
const TRANSITION_CYCLES = 0.1;
const ATTENUATION_DB = 60;
const BLOCK_SAMPLES = 480;
const MIN_RATE_HZ: Hz = 8_000;

/**
 * Streaming true-peak meter: the largest magnitude of the signal between its samples.
 *
 * Source: ITU-R BS.1770-4, Annex 2 (oversampling); its Attachment 1 for the under-reading by point spacing.
 */
export class TruePeakMeter {
  /** How far the points between samples lag behind: push this many zeros to see the last ones. */
  readonly delaySamples: Samples;
  readonly #taps: number;
  /** Rows of `#taps` coefficients, one for each point between two samples. */
  readonly #rows: Float64Array;
  /** The last `#taps - 1` samples, then the block. */
  readonly #window: Float64Array;

  /**
   * @param rateHz Rate of the samples; the points are spread by it, so it only has to be a rate.
   * @throws RangeError for a rate under 8 kHz.
   */
  constructor(rateHz: Hz) {
    if (!(rateHz >= MIN_RATE_HZ && Number.isFinite(rateHz))) {
      throw new RangeError(`TruePeakMeter needs a rate of at least ${MIN_RATE_HZ} Hz, got ${rateHz}`);
    }
    const halfLength = kaiserHalfLength(ATTENUATION_DB, TRANSITION_CYCLES);
    const sinc = new WindowedSinc(0.5, halfLength, kaiserBeta(ATTENUATION_DB));
    this.delaySamples = halfLength;
    this.#taps = 2 * halfLength;
    this.#rows = new Float64Array((POINTS_PER_SAMPLE - 1) * this.#taps);
    for (let point = 1; point < POINTS_PER_SAMPLE; point++) {
      for (let tap = 0; tap < this.#taps; tap++) {
        const position = tap - (halfLength - 1) - point / POINTS_PER_SAMPLE;
        this.#rows[(point - 1) * this.#taps + tap] = sinc.at(position);
      }
    }
    this.#window = new Float64Array(this.#taps - 1 + BLOCK_SAMPLES);
  }

  /**
   * True peak, as an amplitude, of this hop's samples and of the points between samples that became known with it: those
   * up to `delaySamples` before the end of the hop.
   *
   * @realtime
   * @param hop The next samples of the stream, full scale 1, any count; read only.
   */
  pushHop(hop: Float32Array): number {
    let largest = peak(hop, 0, hop.length);
    for (let at = 0; at < hop.length; at += BLOCK_SAMPLES) {
      const count = Math.min(hop.length - at, BLOCK_SAMPLES);
      const between = this.#peakBetween(hop, at, count);
      if (between > largest) largest = between;
    }
    return largest;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#window.fill(0);
  }

  #peakBetween(hop: Float32Array, start: number, count: number): number {
    const window = this.#window;
    const rows = this.#rows;
    const taps = this.#taps;
    const kept = taps - 1;
    for (let i = 0; i < count; i++) window[kept + i] = hop[start + i]!;
    let largest = 0;
    for (let row = 0; row < rows.length; row += taps) {
      for (let i = 0; i < count; i++) {
        let even = 0;
        let odd = 0;
        for (let tap = 0; tap < taps; tap += 2) {
          even += rows[row + tap]! * window[i + tap]!;
          odd += rows[row + tap + 1]! * window[i + tap + 1]!;
        }
        const magnitude = Math.abs(even + odd);
        if (magnitude > largest) largest = magnitude;
      }
    }
    window.copyWithin(0, count, count + kept);
    return largest;
  }
}
