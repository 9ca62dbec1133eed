import type { Ms } from '../units.ts';

/** Time between two readings. */
export const CLOCK_INTERVAL_MS: Ms = 500;
/** A page that was stalled, hidden or asleep for longer than this between two readings can tell nothing by them. */
const LONGEST_INTERVAL_MS: Ms = 1_500;
/** An audio clock that stands still for this long while its context says "running" is frozen. */
const FROZEN_MS: Ms = 1_500;
/** The worklet says the level 15 times a second: this long without a word, while the clock runs, it is dead. */
const MUTE_MS: Ms = 2_000;
/** Window over which the audio clock is held against the page's. */
const WINDOW_MS: Ms = 3_000;
/**
 * Shares of the page's clock between which sound can be recognised. An overloaded device that loses a twelfth of it is
 * no worse off than one that is 44.1 kHz taken for 48 kHz: neither is worth an interruption.
 */
const RATE_RANGE: readonly [number, number] = [0.9, 1.1];
/** Windows in a row that must be off: while a device starts, one may be. */
const WINDOW_COUNT = 2;

/** One look at both clocks. */
export interface ClockReading {
  readonly nowMs: Ms;
  /** `currentTime` of the audio context. */
  readonly audioMs: Ms;
  /** Level messages that came from the worklet so far. */
  readonly levelCount: number;
}

/** What two clocks tell: `frozen` without sound at all, `off-rate` when it comes too slowly or too fast. */
export type ClockFinding = 'fine' | 'frozen' | 'off-rate';

/**
 * Holds the audio clock against the page's.
 *
 * After an interruption some systems give back a context that says "running" and does not run, and after a change of
 * route one that runs at the former device's rate. Neither fires an event.
 */
export class ClockWatch {
  #last: ClockReading | undefined;
  #stillMs: Ms = 0;
  #muteMs: Ms = 0;
  #windowMs: Ms = 0;
  #windowAudioMs: Ms = 0;
  #offWindowCount = 0;

  push(reading: ClockReading): ClockFinding {
    const last = this.#last;
    this.#last = reading;
    if (last === undefined) return 'fine';
    const wallMs = reading.nowMs - last.nowMs;
    const audioMs = reading.audioMs - last.audioMs;
    if (wallMs > LONGEST_INTERVAL_MS) {
      this.reset();
      return 'fine';
    }
    this.#stillMs = audioMs > 0 ? 0 : this.#stillMs + wallMs;
    this.#muteMs = reading.levelCount > last.levelCount ? 0 : this.#muteMs + wallMs;
    if (this.#stillMs >= FROZEN_MS || this.#muteMs >= MUTE_MS) return 'frozen';
    this.#windowMs += wallMs;
    this.#windowAudioMs += audioMs;
    if (this.#windowMs < WINDOW_MS) return 'fine';
    const rate = this.#windowAudioMs / this.#windowMs;
    this.#windowMs = 0;
    this.#windowAudioMs = 0;
    this.#offWindowCount = rate < RATE_RANGE[0] || rate > RATE_RANGE[1] ? this.#offWindowCount + 1 : 0;
    return this.#offWindowCount >= WINDOW_COUNT ? 'off-rate' : 'fine';
  }

  /** Forgets both clocks. */
  reset(): void {
    this.#last = undefined;
    this.#stillMs = 0;
    this.#muteMs = 0;
    this.#windowMs = 0;
    this.#windowAudioMs = 0;
    this.#offWindowCount = 0;
  }
}
