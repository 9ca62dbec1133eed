import type { Hz, Samples } from '../units.ts';
import { kaiserBeta, kaiserHalfLength, WindowedSinc } from './kaiser.ts';

// Speech at 16 kHz reaches closer to half the rate than BS.1770-4's 4 points a sample allow for: a sine at 0.45 of the rate can
// hide 0.55 dB between them. A parabola through the highest point and its neighbours leaves 0.05 dB.
const POINTS_PER_SAMPLE = 4;
// A filter that is 60 dB down at 0.55 of the rate is flat within 0.01 dB up to 0.45.
const TRANSITION_CYCLES = 0.1;
const ATTENUATION_DB = 60;
const BLOCK_SAMPLES = 480;
const MIN_RATE_HZ: Hz = 8_000;

/**
 * Streaming true-peak meter: the largest magnitude of the signal between its samples.
 *
 * Source: ITU-R BS.1770-4, Annex 2 (oversampling), and its appendix on the under-reading between points.
 */
export class TruePeakMeter {
  /** How far the points between samples lag behind: push this many zeros to see the last ones. */
  readonly delaySamples: Samples;
  readonly #taps: number;
  /** Filters for the points a quarter, a half and three quarters of a sample on. */
  readonly #quarter: Float64Array;
  readonly #middle: Float64Array;
  readonly #threeQuarters: Float64Array;
  /** The last `#taps - 1` samples, then the block. */
  readonly #window: Float64Array;
  /** The last two points, then the largest magnitude of the hop. */
  readonly #points: Float64Array = new Float64Array(3);

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
    this.#quarter = new Float64Array(this.#taps);
    this.#middle = new Float64Array(this.#taps);
    this.#threeQuarters = new Float64Array(this.#taps);
    for (let tap = 0; tap < this.#taps; tap++) {
      const position = tap - (halfLength - 1);
      this.#quarter[tap] = sinc.at(position - 1 / POINTS_PER_SAMPLE);
      this.#middle[tap] = sinc.at(position - 2 / POINTS_PER_SAMPLE);
      this.#threeQuarters[tap] = sinc.at(position - 3 / POINTS_PER_SAMPLE);
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
    return this.#measure(hop)[2]!;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#window.fill(0);
    this.#points.fill(0);
  }

  /** Apart from {@link TruePeakMeter.pushHop}, which is so short that it is always inlined: its number stays off the heap. */
  #measure(hop: Float32Array): Float64Array {
    this.#points[2] = 0;
    for (let at = 0; at < hop.length; at += BLOCK_SAMPLES) {
      this.#measureBlock(hop, at, Math.min(hop.length - at, BLOCK_SAMPLES));
    }
    return this.#points;
  }

  /** Raises the largest magnitude to that of the block's samples and of the points that it completes. */
  #measureBlock(hop: Float32Array, start: number, count: number): void {
    const window = this.#window;
    const taps = this.#taps;
    const kept = taps - 1;
    const centre = taps / 2 - 1;
    for (let i = 0; i < count; i++) window[kept + i] = hop[start + i]!;
    let largest = this.#points[2]!;
    let before = this.#points[0]!;
    let last = this.#points[1]!;
    for (let i = 0; i < count; i++) {
      let quarter = 0;
      let middle = 0;
      let threeQuarters = 0;
      for (let tap = 0; tap < taps; tap++) {
        const x = window[i + tap]!;
        quarter += this.#quarter[tap]! * x;
        middle += this.#middle[tap]! * x;
        threeQuarters += this.#threeQuarters[tap]! * x;
      }
      const sample = window[i + centre]!;
      largest = Math.max(
        largest,
        Math.abs(window[kept + i]!),
        peakOfThree(before, last, sample),
        peakOfThree(last, sample, quarter),
        peakOfThree(sample, quarter, middle),
        peakOfThree(quarter, middle, threeQuarters),
      );
      before = middle;
      last = threeQuarters;
    }
    this.#points[0] = before;
    this.#points[1] = last;
    this.#points[2] = largest;
    window.copyWithin(0, count, count + kept);
  }
}

/** Magnitude at the top of the parabola through three points, or of the middle one where it is not the highest. */
function peakOfThree(before: number, middle: number, after: number): number {
  const magnitude = Math.abs(middle);
  const sign = middle < 0 ? -1 : 1;
  const left = magnitude - sign * before;
  const right = magnitude - sign * after;
  if (left < 0 || right < 0 || left + right === 0) return magnitude;
  return magnitude + (left - right) ** 2 / (8 * (left + right));
}
