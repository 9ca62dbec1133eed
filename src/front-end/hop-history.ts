import { HOP_SAMPLES } from '../dsp/frame.ts';
import { KWeightedHopMeter } from '../dsp/k-weighting.ts';
import { TruePeakMeter } from '../dsp/true-peak.ts';
import type { Hz } from '../units.ts';
import type { DeviceDefects } from './device-defects.ts';

/**
 * What was measured on each 10 ms hop of the last while, so that a segment's figures are sums over its hops and cost
 * nothing when it ends. Hop h is samples [160 h, 160 h + 160); the arrays are rings indexed by `h % capacity`.
 */
export class HopHistory {
  /** Hops kept. */
  readonly capacity: number;
  readonly meanSquare: Float32Array;
  readonly kWeightedMeanSquare: Float32Array;
  readonly truePeak: Float32Array;
  readonly sum: Float32Array;
  readonly clippedRuns: Uint16Array;
  readonly dropouts: Uint16Array;
  readonly invalidSamples: Uint16Array;
  readonly missingSamples: Uint32Array;
  readonly #kWeighting: KWeightedHopMeter;
  readonly #truePeak: TruePeakMeter;
  #hopCount = 0;

  constructor(capacity: number, rateHz: Hz) {
    this.capacity = capacity;
    this.meanSquare = new Float32Array(capacity);
    this.kWeightedMeanSquare = new Float32Array(capacity);
    this.truePeak = new Float32Array(capacity);
    this.sum = new Float32Array(capacity);
    this.clippedRuns = new Uint16Array(capacity);
    this.dropouts = new Uint16Array(capacity);
    this.invalidSamples = new Uint16Array(capacity);
    this.missingSamples = new Uint32Array(capacity);
    this.#kWeighting = new KWeightedHopMeter(rateHz);
    this.#truePeak = new TruePeakMeter(rateHz);
  }

  /** Hops measured since the start of the stream. */
  get hopCount(): number {
    return this.#hopCount;
  }

  /**
   * @realtime
   * @param hop The next {@link HOP_SAMPLES} samples; read only.
   * @param defects What was wrong with the device's samples since the last hop; taken, so it starts anew.
   */
  push(hop: Float32Array, defects: DeviceDefects): void {
    let sum = 0;
    let sumSquares = 0;
    for (let i = 0; i < HOP_SAMPLES; i++) {
      const x = hop[i]!;
      sum += x;
      sumSquares += x * x;
    }
    const at = this.#hopCount % this.capacity;
    this.meanSquare[at] = sumSquares / HOP_SAMPLES;
    this.sum[at] = sum;
    this.kWeightedMeanSquare[at] = this.#kWeighting.pushHop(hop);
    this.truePeak[at] = this.#truePeak.pushHop(hop);
    this.clippedRuns[at] = defects.clippedRuns;
    this.dropouts[at] = defects.dropouts;
    this.invalidSamples[at] = defects.invalidSamples;
    this.missingSamples[at] = defects.missingSamples;
    defects.clear();
    this.#hopCount++;
  }

  /** Forgets the stream. @realtime */
  reset(): void {
    this.#kWeighting.reset();
    this.#truePeak.reset();
    this.#hopCount = 0;
  }
}

/**
 * First hop of the quietest stretch between two hops, by the mean over a short window: where to split long speech.
 *
 * @realtime
 * @param windowHops Length of the stretch.
 * @returns The hop in the middle of that stretch; `endHop` when there is no room for one window.
 */
export function deepestPauseHop(history: HopHistory, startHop: number, endHop: number, windowHops: number): number {
  if (endHop - startHop < windowHops) return endHop;
  let windowSum = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let lowestEnd = endHop;
  for (let hop = startHop; hop < endHop; hop++) {
    windowSum += history.meanSquare[hop % history.capacity]!;
    if (hop - startHop >= windowHops) windowSum -= history.meanSquare[(hop - windowHops) % history.capacity]!;
    if (hop - startHop >= windowHops - 1 && windowSum < lowest) {
      lowest = windowSum;
      lowestEnd = hop + 1;
    }
  }
  return lowestEnd - (windowHops >> 1);
}
