import { type Hz, type Lufs, powerToDb } from '../units.ts';
import { KWeighting } from './k-weighting.ts';

/** Integrated loudness of a stretch of audio. */
export interface LoudnessResult {
  /** -Infinity when every block falls under the absolute gate, or when there is no signal. */
  lufs: Lufs;
  /** False when the stretch is shorter than one 400 ms block: the value is then its plain, ungated loudness. */
  isGated: boolean;
}

// Source: ITU-R BS.1770-4, Annex 1: equation (2) and the gating of equations (4) to (7).
const OFFSET_DB = -0.691;
const ABSOLUTE_GATE_LUFS: Lufs = -70;
const RELATIVE_GATE_POWER = 0.1;
const STEPS_PER_BLOCK = 4;
const STEPS_PER_SECOND = 10;
const HOPS_PER_STEP = 10;
const HOPS_PER_BLOCK = HOPS_PER_STEP * STEPS_PER_BLOCK;
const ABSOLUTE_GATE_POWER = lufsToPower(ABSOLUTE_GATE_LUFS);

const BINS_PER_DB = 100;
const TOP_LUFS: Lufs = 30;
const BIN_COUNT = (TOP_LUFS - ABSOLUTE_GATE_LUFS) * BINS_PER_DB;

/**
 * Loudness of a K-weighted mean square, -Infinity for 0.
 *
 * @realtime
 * Source: ITU-R BS.1770-4, Annex 1, equation (2).
 */
export function powerToLufs(kWeightedMeanSquare: number): Lufs {
  return OFFSET_DB + powerToDb(kWeightedMeanSquare);
}

function lufsToPower(lufs: Lufs): number {
  return 10 ** ((lufs - OFFSET_DB) / 10);
}

function blockMeanSquare(hopMeanSquares: Float32Array, startHop: number, hopCount: number, capacity: number): number {
  let sum = 0;
  let at = startHop % capacity;
  for (let i = 0; i < hopCount; i++) {
    sum += hopMeanSquares[at]!;
    at++;
    if (at === capacity) at = 0;
  }
  return sum / hopCount;
}

/**
 * Integrated loudness of hops [`startHop`, `endHop`) from their stored K-weighted mean squares: 400 ms blocks every 100 ms,
 * absolute gate, relative gate -10 LU. Hops behind the last whole block do not count.
 *
 * @realtime
 * @param hopMeanSquares Ring of mean squares of 10 ms hops; hop h lies at index h modulo `capacity`; read only.
 * @param capacity Hops the ring holds; `endHop - startHop` must not exceed it.
 * @param result Overwritten with the answer.
 * @param absoluteGateLufs The standard's by default. Lower where something else has told the signal from silence.
 * Source: ITU-R BS.1770-4, Annex 1.
 */
export function gatedLoudness(
  hopMeanSquares: Float32Array,
  startHop: number,
  endHop: number,
  capacity: number,
  result: LoudnessResult,
  absoluteGateLufs: Lufs = ABSOLUTE_GATE_LUFS,
): void {
  const hopCount = endHop - startHop;
  if (hopCount < HOPS_PER_BLOCK) {
    result.isGated = false;
    result.lufs = hopCount > 0 ? powerToLufs(blockMeanSquare(hopMeanSquares, startHop, hopCount, capacity)) : -Infinity;
    return;
  }
  const absoluteGate = lufsToPower(absoluteGateLufs);
  let gate = absoluteGate;
  let mean = 0;
  for (let pass = 0; pass < 2; pass++) {
    let sum = 0;
    let count = 0;
    for (let hop = startHop; hop + HOPS_PER_BLOCK <= endHop; hop += HOPS_PER_STEP) {
      const power = blockMeanSquare(hopMeanSquares, hop, HOPS_PER_BLOCK, capacity);
      if (power > absoluteGate && power > gate) {
        sum += power;
        count++;
      }
    }
    mean = count > 0 ? sum / count : 0;
    gate = mean * RELATIVE_GATE_POWER;
  }
  result.isGated = true;
  result.lufs = powerToLufs(mean);
}

/**
 * Streaming integrated loudness of one channel of any length in constant memory.
 *
 * Blocks are kept as sums in bins of 0.01 LU, so that only the placing of the relative gate is rounded, never the loudness of a block.
 *
 * Source: ITU-R BS.1770-4, Annex 1.
 */
export class LoudnessMeter {
  readonly #weighting: KWeighting;
  readonly #stepSamples: number;
  readonly #steps: Float64Array = new Float64Array(STEPS_PER_BLOCK);
  readonly #binPower: Float64Array = new Float64Array(BIN_COUNT);
  readonly #binBlocks: Float64Array = new Float64Array(BIN_COUNT);
  readonly #stepSum: Float64Array = new Float64Array(1);
  #stepFill = 0;
  #stepCount = 0;

  /**
   * @param rateHz Rate of the samples.
   * @throws RangeError for a rate under 8 kHz.
   */
  constructor(rateHz: Hz) {
    this.#weighting = new KWeighting(rateHz);
    this.#stepSamples = Math.round(rateHz / STEPS_PER_SECOND);
  }

  /**
   * Takes the next samples, any count.
   *
   * @realtime
   * @param samples Mono PCM, full scale 1; read only.
   */
  push(samples: Float32Array): void {
    let at = 0;
    while (at < samples.length) {
      const room = this.#stepSamples - this.#stepFill;
      const count = Math.min(samples.length - at, room);
      this.#weighting.addSquares(samples, at, at + count, this.#stepSum, 0);
      this.#stepFill += count;
      at += count;
      if (this.#stepFill === this.#stepSamples) this.#endStep();
    }
  }

  /** Loudness of everything pushed since construction or reset. */
  integrated(): LoudnessResult {
    if (this.#stepCount < STEPS_PER_BLOCK) {
      let sum = this.#stepSum[0]!;
      for (let i = 0; i < this.#stepCount; i++) sum += this.#steps[i]!;
      const count = this.#stepCount * this.#stepSamples + this.#stepFill;
      return { lufs: count > 0 ? powerToLufs(sum / count) : -Infinity, isGated: false };
    }
    const absolutelyGated = this.#meanFromBin(0);
    const gateLufs = powerToLufs(absolutelyGated * RELATIVE_GATE_POWER);
    const firstBin = Math.ceil((gateLufs - ABSOLUTE_GATE_LUFS) * BINS_PER_DB);
    return { lufs: powerToLufs(this.#meanFromBin(Math.max(0, firstBin))), isGated: true };
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#weighting.reset();
    this.#binPower.fill(0);
    this.#binBlocks.fill(0);
    this.#stepSum[0] = 0;
    this.#stepFill = 0;
    this.#stepCount = 0;
  }

  #endStep(): void {
    this.#steps[this.#stepCount % STEPS_PER_BLOCK] = this.#stepSum[0]!;
    this.#stepCount++;
    this.#stepSum[0] = 0;
    this.#stepFill = 0;
    if (this.#stepCount < STEPS_PER_BLOCK) return;
    let sum = 0;
    for (let i = 0; i < STEPS_PER_BLOCK; i++) sum += this.#steps[i]!;
    const power = sum / (STEPS_PER_BLOCK * this.#stepSamples);
    if (!(power > ABSOLUTE_GATE_POWER)) return;
    const bin = Math.floor((powerToLufs(power) - ABSOLUTE_GATE_LUFS) * BINS_PER_DB);
    const kept = bin < 0 ? 0 : bin >= BIN_COUNT ? BIN_COUNT - 1 : bin;
    this.#binPower[kept] = this.#binPower[kept]! + power;
    this.#binBlocks[kept] = this.#binBlocks[kept]! + 1;
  }

  #meanFromBin(firstBin: number): number {
    let sum = 0;
    let count = 0;
    for (let bin = firstBin; bin < BIN_COUNT; bin++) {
      sum += this.#binPower[bin]!;
      count += this.#binBlocks[bin]!;
    }
    return count > 0 ? sum / count : 0;
  }
}
