import type { Dbfs, Ms } from '../units.ts';

/** What to tell a speaker about their level. */
export type LevelHint = 'none' | 'too-quiet' | 'too-loud';

/** Speech under this RMS is hard to tell from the noise of a common room. */
export const QUIET_RMS_DBFS: Dbfs = -52;
/** Peaks above this are cut off, or are about to be. */
export const LOUD_PEAK_DBFS: Dbfs = -0.5;
/** A hint only after this long: single words vary more than that. */
export const HINT_AFTER_MS: Ms = 1000;

/** A pause in the levels longer than this counts as no time at all. */
const LONGEST_STEP_MS: Ms = 250;

/** Tells from the levels of the microphone whether someone speaks too quietly or too loudly for a second. */
export class LevelHintTracker {
  #quietSpeechMs: Ms = 0;
  #loudCount = 0;
  #firstLoudMs: Ms = 0;
  #lastMs: Ms | undefined;

  /**
   * @param nowMs Any clock that does not run backwards.
   * @param probability Whether this is speech, 0..1; silence never counts as quiet.
   */
  push(nowMs: Ms, rmsDbfs: Dbfs, peakDbfs: Dbfs, probability: number): LevelHint {
    const stepMs = Math.min(LONGEST_STEP_MS, nowMs - (this.#lastMs ?? nowMs));
    this.#lastMs = nowMs;
    const isSpeech = probability >= 0.5;
    // Every word fades out: one loud enough moment clears what came before, and silence adds nothing.
    if (isSpeech) this.#quietSpeechMs = rmsDbfs < QUIET_RMS_DBFS ? this.#quietSpeechMs + stepMs : 0;

    if (peakDbfs >= LOUD_PEAK_DBFS) {
      if (this.#loudCount === 0) this.#firstLoudMs = nowMs;
      this.#loudCount++;
    } else if (isSpeech && this.#loudCount > 0) this.#loudCount--;

    if (this.#loudCount >= 3 && nowMs - this.#firstLoudMs >= HINT_AFTER_MS) return 'too-loud';
    return this.#quietSpeechMs >= HINT_AFTER_MS ? 'too-quiet' : 'none';
  }

  /** A new query begins. */
  reset(): void {
    this.#quietSpeechMs = 0;
    this.#loudCount = 0;
    this.#lastMs = undefined;
  }
}
