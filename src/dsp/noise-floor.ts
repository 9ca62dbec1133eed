import type { Ms } from '../units.ts';
import { HOP_MS } from './frame.ts';

/** Memory of the tracker: a rising floor is believed once it has filled most of this. */
const WINDOW_MS: Ms = 2_500;
/** Hops averaged before the statistics: a single 10 ms hop of rumbling noise swings by several dB. */
const SMOOTHING_MS: Ms = 40;
/** Share of the window that may lie under the anchor: the pauses of fluent speech fill at least this much. */
const ANCHOR_SHARE = 0.06;
/** The lower quantile whose distance from the anchor tells how much the noise itself swings. */
const TAIL_SHARE = 0.015;
/** Noise reaches this many times that distance above the anchor; what lies there is averaged, which removes the bias of a minimum. */
const SPREAD_PER_TAIL = 4;
const MIN_SPREAD_DB = 1.25;
const MAX_SPREAD_DB = 3;
/** Exact zeros are dropouts, and not the floor, while they fill less than this share of the window. */
const SILENCE_SHARE = 0.15;

const BINS_PER_DB = 8;
const BOTTOM_DB = -130;
const TOP_DB = 10;
const BIN_COUNT = (TOP_DB - BOTTOM_DB) * BINS_PER_DB;
const SILENT_BIN = BIN_COUNT;
/** Power in the middle of each bin. */
const BIN_POWERS: Float64Array = Float64Array.from(
  { length: BIN_COUNT },
  (_, bin) => 10 ** ((BOTTOM_DB + (bin + 0.5) / BINS_PER_DB) / 10),
);

/**
 * Follows the power of the background under speech.
 *
 * Keeps a histogram of the last seconds' smoothed power, takes a low quantile as an anchor and averages the hops close above it:
 * a minimum-statistics tracker whose bias is removed by averaging instead of by a constant, and that single dropouts do not pull down.
 * Tuned on generated bursts in white and low-frequency noise at 0 to 30 dB.
 *
 * Source: after R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics",
 * IEEE Trans. Speech and Audio Processing 9(5), 2001.
 */
export class NoiseFloorTracker {
  readonly #windowHops: number;
  readonly #smoothingHops: number;
  /** The last hops' mean squares, for the smoothing. */
  readonly #recent: Float64Array;
  /** Bin of each smoothed hop in the window. */
  readonly #bins: Uint16Array;
  readonly #histogram: Uint32Array = new Uint32Array(BIN_COUNT + 1);
  readonly #result: Float64Array = new Float64Array(1);
  #hopCount = 0;

  /**
   * @param hopMs Length of a hop, 1..100 ms.
   * @throws RangeError for a hop outside that range.
   */
  constructor(hopMs: Ms = HOP_MS) {
    if (!(hopMs >= 1 && hopMs <= 100)) {
      throw new RangeError(`NoiseFloorTracker needs hops of 1..100 ms, got ${hopMs}`);
    }
    this.#windowHops = Math.round(WINDOW_MS / hopMs);
    this.#smoothingHops = Math.max(1, Math.round(SMOOTHING_MS / hopMs));
    this.#recent = new Float64Array(this.#smoothingHops);
    this.#bins = new Uint16Array(this.#windowHops);
  }

  /**
   * Takes the mean square of the next hop.
   *
   * @realtime
   */
  pushHop(meanSquare: number): void {
    this.#recent[this.#hopCount % this.#smoothingHops] = meanSquare;
    this.#count();
  }

  /**
   * Takes the mean square of the next hop from where it is kept: a number handed over as such may go on the heap.
   *
   * @realtime
   * @param meanSquares Read only.
   */
  pushHopOf(meanSquares: Float32Array, at: number): void {
    this.#recent[this.#hopCount % this.#smoothingHops] = meanSquares[at]!;
    this.#count();
  }

  /**
   * Mean square of the background; 0 before the first hop and in digital silence.
   *
   * @realtime
   */
  noiseMeanSquare(): number {
    return this.#estimate()[0]!;
  }

  /** The same, written into an array: a number handed back as such may go on the heap. @realtime */
  writeMeanSquare(target: Float64Array, index: number): void {
    target[index] = this.#estimate()[0]!;
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#histogram.fill(0);
    this.#hopCount = 0;
  }

  /** Counts the hop that was put among the recent ones. */
  #count(): void {
    const filled = Math.min(this.#hopCount + 1, this.#smoothingHops);
    let sum = 0;
    for (let i = 0; i < filled; i++) sum += this.#recent[i]!;
    const at = this.#hopCount % this.#windowHops;
    if (this.#hopCount >= this.#windowHops) {
      const leaving = this.#bins[at]!;
      this.#histogram[leaving] = this.#histogram[leaving]! - 1;
    }
    const isSilent = !(this.#recent[this.#hopCount % this.#smoothingHops]! > 0);
    const level = Math.floor((10 * Math.log10(sum / filled) - BOTTOM_DB) * BINS_PER_DB);
    const entering = isSilent ? SILENT_BIN : Math.max(0, Math.min(BIN_COUNT - 1, level));
    this.#bins[at] = entering;
    this.#histogram[entering] = this.#histogram[entering]! + 1;
    this.#hopCount++;
  }

  /** The answer in an array, where it stays off the heap. */
  #estimate(): Float64Array {
    const held = Math.min(this.#hopCount, this.#windowHops);
    const silent = this.#histogram[SILENT_BIN]!;
    if (held === 0 || silent === held || silent > SILENCE_SHARE * held) {
      this.#result[0] = 0;
      return this.#result;
    }
    const tailBin = this.#quantileBin(Math.ceil(TAIL_SHARE * (held - silent)));
    const anchorBin = this.#quantileBin(Math.ceil(ANCHOR_SHARE * (held - silent)));
    const spreadBins = Math.max(
      MIN_SPREAD_DB * BINS_PER_DB,
      Math.min(MAX_SPREAD_DB * BINS_PER_DB, SPREAD_PER_TAIL * (anchorBin - tailBin)),
    );
    const endBin = Math.min(BIN_COUNT, anchorBin + spreadBins + 1);
    let power = 0;
    let count = 0;
    for (let i = 0; i < endBin; i++) {
      const hops = this.#histogram[i]!;
      if (hops === 0) continue;
      power += hops * BIN_POWERS[i]!;
      count += hops;
    }
    this.#result[0] = power / count;
    return this.#result;
  }

  /** Bin in which the quietest `hops` (a whole number, at least one) of the window end. */
  #quantileBin(hops: number): number {
    const wanted = Math.max(1, hops);
    let bin = 0;
    let passed = this.#histogram[0]!;
    while (passed < wanted && bin < BIN_COUNT - 1) {
      bin++;
      passed += this.#histogram[bin]!;
    }
    return bin;
  }
}
