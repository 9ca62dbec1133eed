import { type Db, type Dbov, type Hz, powerToDb } from '../units.ts';

// Source: ITU-T P.56 (12/2011), clause 7 (method B): time constant 30 ms, hangover 200 ms, margin 15.9 dB.
const TIME_CONSTANT_SECONDS = 0.03;
const HANGOVER_SECONDS = 0.2;
const MARGIN_DB: Db = 15.9;
/** Thresholds at -6.02 dB, -12.04 dB, ... of full scale. The standard's 15 suit 16-bit files; 23 reach speech at -115 dBov. */
const THRESHOLD_COUNT = 23;
/** An envelope below this is set to 0: decaying into subnormal numbers makes arithmetic many times slower. */
const SMALLEST_ENVELOPE = 1e-30;

/**
 * Streaming active speech level: the level of the speech without its pauses.
 *
 * The samples for which a threshold counts as active are summed up by run, whenever the envelope crosses a threshold: the same
 * counts as the standard's sample-by-sample loop over all thresholds.
 *
 * Source: ITU-T P.56 (12/2011), method B.
 */
export class ActiveLevelMeter {
  readonly #keep: number;
  readonly #hangoverSamples: number;
  /** 0, then the thresholds: the j-th is 2^(j - THRESHOLD_COUNT), the highest 0.5; then Infinity. */
  readonly #bounds: Float64Array = new Float64Array(THRESHOLD_COUNT + 2);
  readonly #activeSamples: Float64Array = new Float64Array(THRESHOLD_COUNT);
  readonly #hangover: Float64Array = new Float64Array(THRESHOLD_COUNT);
  /** Envelope after the first and the second averager, and the sum of squares. */
  readonly #state: Float64Array = new Float64Array(3);
  #sampleCount = 0;
  /** Thresholds the envelope is at or above. */
  #reached = 0;

  /** @throws RangeError for a rate that is not a positive number. */
  constructor(rateHz: Hz) {
    if (!(rateHz > 0 && Number.isFinite(rateHz))) {
      throw new RangeError(`ActiveLevelMeter needs a rate above 0 Hz, got ${rateHz}`);
    }
    this.#keep = Math.exp(-1 / (rateHz * TIME_CONSTANT_SECONDS));
    this.#hangoverSamples = Math.round(HANGOVER_SECONDS * rateHz);
    for (let j = 0; j < THRESHOLD_COUNT; j++) this.#bounds[j + 1] = 2 ** (j - THRESHOLD_COUNT);
    this.#bounds[THRESHOLD_COUNT + 1] = Infinity;
    this.reset();
  }

  /**
   * Takes the next samples, any count.
   *
   * @realtime
   * @param samples Mono PCM, full scale 1; read only.
   */
  push(samples: Float32Array): void {
    const keep = this.#keep;
    let first = this.#state[0]!;
    let second = this.#state[1]!;
    let sumSquares = this.#state[2]!;
    let reached = this.#reached;
    let lower = this.#bounds[reached]!;
    let upper = this.#bounds[reached + 1]!;
    let runStart = 0;
    for (let i = 0; i < samples.length; i++) {
      const x = samples[i]!;
      sumSquares += x * x;
      first = keep * first + (1 - keep) * Math.abs(x);
      second = keep * second + (1 - keep) * first;
      if (second >= lower && second < upper) continue;
      this.#endRun(reached, i - runStart);
      runStart = i;
      while (reached < THRESHOLD_COUNT && second >= this.#bounds[reached + 1]!) reached++;
      while (reached > 0 && second < this.#bounds[reached]!) reached--;
      lower = this.#bounds[reached]!;
      upper = this.#bounds[reached + 1]!;
    }
    this.#endRun(reached, samples.length - runStart);
    this.#sampleCount += samples.length;
    this.#reached = reached;
    this.#state[0] = first < SMALLEST_ENVELOPE ? 0 : first;
    this.#state[1] = second < SMALLEST_ENVELOPE ? 0 : second;
    this.#state[2] = sumSquares;
  }

  /** Level over the active time, dBov; -Infinity when there was no speech to be told from nothing. @realtime */
  activeLevelDbov(): Dbov {
    const sumSquares = this.#state[2]!;
    let previousLevelDb = 0;
    let previousMarginDb = 0;
    for (let j = 0; j < THRESHOLD_COUNT; j++) {
      const active = this.#activeSamples[j]!;
      if (active === 0) return -Infinity;
      const levelDb = powerToDb(sumSquares / active);
      const marginDb = levelDb - powerToDb(this.#bounds[j + 1]! ** 2);
      if (marginDb <= MARGIN_DB) {
        // Already the lowest threshold lies within the margin: too faint to be told.
        if (j === 0) return -Infinity;
        const share = (previousMarginDb - MARGIN_DB) / (previousMarginDb - marginDb);
        return previousLevelDb + share * (levelDb - previousLevelDb);
      }
      previousLevelDb = levelDb;
      previousMarginDb = marginDb;
    }
    return -Infinity;
  }

  /** Share of the time that was active, 0..1. @realtime */
  activityFactor(): number {
    const levelDb = this.activeLevelDbov();
    if (levelDb === -Infinity) return 0;
    const longTermDb = powerToDb(this.#state[2]! / this.#sampleCount);
    return Math.min(1, 10 ** ((longTermDb - levelDb) / 10));
  }

  /** Forgets the signal so far. @realtime */
  reset(): void {
    this.#state.fill(0);
    this.#activeSamples.fill(0);
    // No hangover is running before the first crossing.
    this.#hangover.fill(this.#hangoverSamples);
    this.#sampleCount = 0;
    this.#reached = 0;
  }

  /** Books `count` samples during which the envelope was at or above the lowest `reached` thresholds and below the others. */
  #endRun(reached: number, count: number): void {
    for (let j = 0; j < reached; j++) {
      this.#activeSamples[j] = this.#activeSamples[j]! + count;
      if (count > 0) this.#hangover[j] = 0;
    }
    for (let j = reached; j < THRESHOLD_COUNT; j++) {
      const hanging = Math.min(count, this.#hangoverSamples - this.#hangover[j]!);
      this.#activeSamples[j] = this.#activeSamples[j]! + hanging;
      this.#hangover[j] = this.#hangover[j]! + hanging;
    }
  }
}
