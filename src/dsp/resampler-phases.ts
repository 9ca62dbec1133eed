import type { Db, Hz, Samples } from '../units.ts';
import { kaiserBeta, kaiserHalfLength, WindowedSinc } from './kaiser.ts';

/** Share of the lower rate up to which the signal passes: 7.2 kHz at 16 kHz. */
const PASS_SHARE = 0.45;
/** Share of the lower rate from which it is stopped: 8.8 kHz at 16 kHz. What lies between may fold back into 7.2..8 kHz, no lower. */
const STOP_SHARE = 0.55;
/** For THD+N of -110 dB: all images of a fractional ratio fold into the band at once. Gives 240 taps at 48 kHz. */
const ATTENUATION_DB: Db = 122;
/** Largest table that holds every phase: 1 MB. Rates with a larger one are interpolated. */
const MAX_EXACT_COEFFICIENTS = 131_072;
/** Phases of an interpolated table. The third-order interpolation between them errs by less than -150 dB. */
const INTERPOLATED_PHASES = 128;

/** A bank of fractionally delayed low-pass filters. */
export interface PhaseTable {
  /** Taps of each phase, an even number; the output sample lies on tap `taps / 2 - 1` or up to one input sample behind it. */
  readonly taps: Samples;
  /** Positions between two input samples that an output sample can take. */
  readonly stepsPerInput: number;
  /** From one output sample to the next: whole input samples, and steps. */
  readonly advanceInputs: number;
  readonly advanceSteps: number;
  /**
   * Writes the output sample for the window that starts at `start`, at `step`, to `output[at]`. (A returned number would be
   * put on the heap wherever the compiler does not inline the call.) The order of the sum depends on nothing but the step.
   *
   * @realtime
   */
  convolve(window: Float64Array, start: number, step: number, output: Float32Array, at: number): void;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Writes the filter for an output sample `fraction` of an input sample behind its base, with exactly unit gain at 0 Hz. */
function writeRow(rows: Float64Array, row: number, taps: number, sinc: WindowedSinc, fraction: number): void {
  const before = taps / 2 - 1;
  let sum = 0;
  for (let tap = 0; tap < taps; tap++) {
    const value = sinc.at(tap - before - fraction);
    rows[row + tap] = value;
    sum += value;
  }
  for (let tap = 0; tap < taps; tap++) rows[row + tap] = rows[row + tap]! / sum;
}

/** Every phase has its own row. */
class ExactPhases implements PhaseTable {
  readonly taps: Samples;
  readonly stepsPerInput: number;
  readonly advanceInputs: number;
  readonly advanceSteps: number;
  readonly #rows: Float64Array;

  constructor(sinc: WindowedSinc, taps: number, stepsPerInput: number, inputsPerCycle: number) {
    this.taps = taps;
    this.stepsPerInput = stepsPerInput;
    this.advanceInputs = Math.floor(inputsPerCycle / stepsPerInput);
    this.advanceSteps = inputsPerCycle % stepsPerInput;
    this.#rows = new Float64Array(stepsPerInput * taps);
    for (let step = 0; step < stepsPerInput; step++) {
      writeRow(this.#rows, step * taps, taps, sinc, step / stepsPerInput);
    }
  }

  convolve(window: Float64Array, start: number, step: number, output: Float32Array, at: number): void {
    const rows = this.#rows;
    const taps = this.taps;
    const row = step * taps;
    let even = 0;
    let odd = 0;
    for (let tap = 0; tap < taps; tap += 2) {
      even += rows[row + tap]! * window[start + tap]!;
      odd += rows[row + tap + 1]! * window[start + tap + 1]!;
    }
    output[at] = even + odd;
  }
}

/** Rows at a coarse grid of phases; between them a cubic through the four nearest. */
class InterpolatedPhases implements PhaseTable {
  readonly taps: Samples;
  readonly stepsPerInput: number;
  readonly advanceInputs: number;
  readonly advanceSteps: number;
  /** One row before phase 0 and two behind the last, for the cubic. */
  readonly #rows: Float64Array;

  constructor(sinc: WindowedSinc, taps: number, stepsPerInput: number, inputsPerCycle: number) {
    this.taps = taps;
    this.stepsPerInput = stepsPerInput;
    this.advanceInputs = Math.floor(inputsPerCycle / stepsPerInput);
    this.advanceSteps = inputsPerCycle % stepsPerInput;
    this.#rows = new Float64Array((INTERPOLATED_PHASES + 3) * taps);
    for (let row = 0; row < INTERPOLATED_PHASES + 3; row++) {
      writeRow(this.#rows, row * taps, taps, sinc, (row - 1) / INTERPOLATED_PHASES);
    }
  }

  convolve(window: Float64Array, start: number, step: number, output: Float32Array, at: number): void {
    const rows = this.#rows;
    const taps = this.taps;
    const phase = (step * INTERPOLATED_PHASES) / this.stepsPerInput;
    const base = Math.floor(phase);
    const t = phase - base;
    const row0 = base * taps;
    const row1 = row0 + taps;
    const row2 = row1 + taps;
    const row3 = row2 + taps;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let tap = 0; tap < taps; tap++) {
      const x = window[start + tap]!;
      sum0 += rows[row0 + tap]! * x;
      sum1 += rows[row1 + tap]! * x;
      sum2 += rows[row2 + tap]! * x;
      sum3 += rows[row3 + tap]! * x;
    }
    // Lagrange's cubic through phases base - 1, base, base + 1, base + 2.
    output[at] =
      (sum0 * -t * (t - 1) * (t - 2)) / 6 +
      (sum1 * (t + 1) * (t - 1) * (t - 2)) / 2 -
      (sum2 * (t + 1) * t * (t - 2)) / 2 +
      (sum3 * (t + 1) * t * (t - 1)) / 6;
  }
}

/**
 * Designs the filters that turn one rate into another.
 *
 * @param inputRateHz Whole number.
 * @param outputRateHz Whole number.
 * Source: Kaiser-windowed sinc (Kaiser 1974); polyphase decomposition as in R. E. Crochiere and L. R. Rabiner,
 * "Multirate Digital Signal Processing", 1983, chapter 3.
 */
export function designPhases(inputRateHz: Hz, outputRateHz: Hz): PhaseTable {
  const lowerRateHz = Math.min(inputRateHz, outputRateHz);
  const transitionCycles = ((STOP_SHARE - PASS_SHARE) * lowerRateHz) / inputRateHz;
  const cutoffCycles = (((STOP_SHARE + PASS_SHARE) / 2) * lowerRateHz) / inputRateHz;
  const halfLength = kaiserHalfLength(ATTENUATION_DB, transitionCycles);
  const sinc = new WindowedSinc(cutoffCycles, halfLength, kaiserBeta(ATTENUATION_DB));
  const divisor = greatestCommonDivisor(inputRateHz, outputRateHz);
  const stepsPerInput = outputRateHz / divisor;
  const inputsPerCycle = inputRateHz / divisor;
  const taps = 2 * halfLength;
  return stepsPerInput * taps <= MAX_EXACT_COEFFICIENTS
    ? new ExactPhases(sinc, taps, stepsPerInput, inputsPerCycle)
    : new InterpolatedPhases(sinc, taps, stepsPerInput, inputsPerCycle);
}
