import type { Samples } from '../units.ts';
import { FRAME_SAMPLES } from '../vad/speech-scorer.ts';

/** Which of the last while's frames held speech; a ring by position. */
export class SpeechFrames {
  readonly #isSpeech: Uint8Array;

  /** @param capacity Frames kept. */
  constructor(capacity: number) {
    this.#isSpeech = new Uint8Array(capacity);
  }

  /** @realtime @param soundStartSample Where the frame's sound begins; frames come in order. */
  push(soundStartSample: Samples, isSpeech: boolean): void {
    if (soundStartSample < 0) return;
    this.#isSpeech[this.#slot(soundStartSample)] = isSpeech ? 1 : 0;
  }

  /** Share of the frames that begin in [start, end) and held speech, 0..1; 0 for none. @realtime */
  share(startSample: Samples, endSample: Samples): number {
    let speech = 0;
    let all = 0;
    for (let at = startSample; at < endSample; at += FRAME_SAMPLES) {
      speech += this.#isSpeech[this.#slot(at)]!;
      all++;
    }
    return all === 0 ? 0 : speech / all;
  }

  /** Forgets the stream. @realtime */
  reset(): void {
    this.#isSpeech.fill(0);
  }

  #slot(sample: Samples): number {
    return Math.floor(sample / FRAME_SAMPLES) % this.#isSpeech.length;
  }
}
