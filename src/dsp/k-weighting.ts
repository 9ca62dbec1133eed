import type { Hz } from '../units.ts';
import { Biquad, type BiquadCoefficients } from './biquad.ts';

// Analogue parameters behind the 48 kHz coefficients of BS.1770-4, Annex 1, tables 1 and 2.
// Source: B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145 (2018); libebur128.
const SHELF_HZ = 1681.974450955533;
const SHELF_GAIN_DB = 3.999843853973347;
const SHELF_Q = 0.7071752369554196;
const SHELF_BAND_EXPONENT = 0.4996667741545416;
const HIGH_PASS_HZ = 38.13547087602444;
const HIGH_PASS_Q = 0.5003270373238773;

const STANDARD_RATE_HZ: Hz = 48_000;
const SCRATCH_SAMPLES = 512;
const MIN_RATE_HZ: Hz = 8_000;

/** The two sections of the K-weighting filter at one rate. */
export interface KWeightingStages {
  readonly shelf: BiquadCoefficients;
  readonly highPass: BiquadCoefficients;
}

function highPassDenominator(rateHz: Hz): number {
  const k = Math.tan((Math.PI * HIGH_PASS_HZ) / rateHz);
  return 1 + k / HIGH_PASS_Q + k * k;
}

/**
 * K-weighting coefficients for any rate; at 48 kHz those of the standard.
 *
 * The standard writes the high-pass numerator as 1, -2, 1, which is 0.043 dB above unity at 48 kHz and would be 0.129 dB
 * above it at 16 kHz: readings 0.086 dB too high. The numerator is scaled so that the pass-band gain is the standard's at every rate.
 * What is left is the bending of the shelf by the bilinear transform: within 0.07 dB of the standard's curve at 16 kHz, 0.3 dB at 8 kHz.
 *
 * @throws RangeError for a rate under 8 kHz.
 * Source: ITU-R BS.1770-4, Annex 1, tables 1 and 2, through the bilinear transform.
 */
export function kWeightingStages(rateHz: Hz): KWeightingStages {
  if (!(rateHz >= MIN_RATE_HZ && Number.isFinite(rateHz))) {
    throw new RangeError(`K-weighting needs a rate of at least ${MIN_RATE_HZ} Hz, got ${rateHz}`);
  }
  const k = Math.tan((Math.PI * SHELF_HZ) / rateHz);
  const high = 10 ** (SHELF_GAIN_DB / 20);
  const band = high ** SHELF_BAND_EXPONENT;
  const a0 = 1 + k / SHELF_Q + k * k;
  const shelf = {
    b0: (high + (band * k) / SHELF_Q + k * k) / a0,
    b1: (2 * (k * k - high)) / a0,
    b2: (high - (band * k) / SHELF_Q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / SHELF_Q + k * k) / a0,
  };
  const kHigh = Math.tan((Math.PI * HIGH_PASS_HZ) / rateHz);
  const denominator = highPassDenominator(rateHz);
  const gain = highPassDenominator(STANDARD_RATE_HZ) / denominator;
  const highPass = {
    b0: gain,
    b1: -2 * gain,
    b2: gain,
    a1: (2 * (kHigh * kHigh - 1)) / denominator,
    a2: (1 - kHigh / HIGH_PASS_Q + kHigh * kHigh) / denominator,
  };
  return { shelf, highPass };
}

/** Streaming K-weighting of one channel. */
export class KWeighting {
  readonly #shelf: Biquad;
  readonly #highPass: Biquad;
  readonly #scratch: Float64Array = new Float64Array(SCRATCH_SAMPLES);

  /** @throws RangeError for a rate under 8 kHz. */
  constructor(rateHz: Hz) {
    const stages = kWeightingStages(rateHz);
    this.#shelf = new Biquad(stages.shelf);
    this.#highPass = new Biquad(stages.highPass);
  }

  /**
   * Filters `samples[start..end)` as the next part of the stream and adds the sum of the filtered squares to `sums[at]`. (A returned
   * number would be put on the heap wherever the compiler does not inline the call.)
   *
   * @realtime
   * @param samples Mono PCM, full scale 1; read only.
   */
  addSquares(samples: Float32Array, start: number, end: number, sums: Float64Array, at: number): void {
    let sum = sums[at]!;
    for (let from = start; from < end; from += SCRATCH_SAMPLES) {
      const count = Math.min(end - from, SCRATCH_SAMPLES);
      for (let i = 0; i < count; i++) this.#scratch[i] = samples[from + i]!;
      this.#shelf.processInPlace(this.#scratch, count);
      this.#highPass.processInPlace(this.#scratch, count);
      for (let i = 0; i < count; i++) {
        const y = this.#scratch[i]!;
        sum += y * y;
      }
    }
    sums[at] = sum;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#shelf.reset();
    this.#highPass.reset();
  }
}

/** K-weighted power of each hop of a stream. */
export class KWeightedHopMeter {
  readonly #weighting: KWeighting;
  readonly #result: Float64Array = new Float64Array(1);

  /** @throws RangeError for a rate under 8 kHz. */
  constructor(rateHz: Hz) {
    this.#weighting = new KWeighting(rateHz);
  }

  /**
   * Mean square of the K-weighted hop; 0 for an empty one.
   *
   * @realtime
   * @param hop The next samples of the stream, full scale 1, any count; read only.
   */
  pushHop(hop: Float32Array): number {
    return this.#measure(hop)[0]!;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#weighting.reset();
  }

  /** Apart from {@link KWeightedHopMeter.pushHop}, which is so short that it is always inlined: its number stays off the heap. */
  #measure(hop: Float32Array): Float64Array {
    this.#result[0] = 0;
    this.#weighting.addSquares(hop, 0, hop.length, this.#result, 0);
    if (hop.length > 0) this.#result[0] = this.#result[0]! / hop.length;
    return this.#result;
  }
}
