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
  /** The last two points of the block before, then the block's: each sample and the three points behind it. */
  readonly #points: Float64Array = new Float64Array(2 + POINTS_PER_SAMPLE * BLOCK_SAMPLES);
  /** The largest magnitude of the hop. */
  readonly #largest: Float64Array = new Float64Array(1);

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
    return this.#measure(hop)[0]!;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#window.fill(0);
    this.#points.fill(0);
    this.#largest.fill(0);
  }

  /** Apart from {@link TruePeakMeter.pushHop}, which is so short that it is always inlined: its number stays off the heap. */
  #measure(hop: Float32Array): Float64Array {
    this.#largest[0] = 0;
    for (let at = 0; at < hop.length; at += BLOCK_SAMPLES) {
      const count = Math.min(hop.length - at, BLOCK_SAMPLES);
      this.#interpolate(hop, at, count);
      this.#raise(count);
    }
    return this.#largest;
  }

  /** Works out the points that a block completes, and raises the largest magnitude to that of the block's samples. */
  #interpolate(hop: Float32Array, start: number, count: number): void {
    const window = this.#window;
    const taps = this.#taps;
    const kept = taps - 1;
    const centre = taps / 2 - 1;
    for (let i = 0; i < count; i++) window[kept + i] = hop[start + i]!;
    let largest = this.#largest[0]!;
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
      const at = 2 + POINTS_PER_SAMPLE * i;
      this.#points[at] = window[i + centre]!;
      this.#points[at + 1] = quarter;
      this.#points[at + 2] = middle;
      this.#points[at + 3] = threeQuarters;
      largest = Math.max(largest, Math.abs(window[kept + i]!));
    }
    this.#largest[0] = largest;
    window.copyWithin(0, count, count + kept);
  }

  /**
   * Raises the largest magnitude to that at the top of the parabola through every three neighbouring points, where the
   * middle one is the highest of them. One loop without a call: numbers handed to a function go over the heap wherever
   * the compiler does not inline it.
   */
  #raise(count: number): void {
    const points = this.#points;
    const end = POINTS_PER_SAMPLE * count;
    let largest = this.#largest[0]!;
    for (let at = 1; at <= end; at++) {
      const middle = points[at]!;
      const magnitude = Math.abs(middle);
      const sign = middle < 0 ? -1 : 1;
      const left = magnitude - sign * points[at - 1]!;
      const right = magnitude - sign * points[at + 1]!;
      const isTop = left >= 0 && right >= 0 && left + right !== 0;
      const lift = isTop ? ((left - right) * (left - right)) / (8 * (left + right)) : 0;
      largest = Math.max(largest, magnitude + lift);
    }
    this.#largest[0] = largest;
    points[0] = points[end]!;
    points[1] = points[end + 1]!;
  }
}
