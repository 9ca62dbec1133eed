import { SpeechError } from '../errors.ts';
import type { Ms } from '../units.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import type { DeviceRecogniser } from './device-recogniser.ts';
import type { Clip, Prediction, Predictor } from './predictor.ts';

/** Recognises clips on the device. */
export class DevicePredictor implements Predictor {
  readonly #recogniser: DeviceRecogniser;
  readonly #deadlineMs: Ms;
  readonly #clock: Clock;

  /** @param deadlineMs Covers the wait for earlier clips and loading the model. */
  constructor(recogniser: DeviceRecogniser, deadlineMs: Ms, clock: Clock) {
    this.#recogniser = recogniser;
    this.#deadlineMs = deadlineMs;
    this.#clock = clock;
  }

  async predict(clip: Clip, signal: AbortSignal): Promise<Prediction> {
    const { text, confidence, recognisedInMs } = await withDeadline(
      this.#deadlineMs,
      this.#clock,
      signal,
      () => this.#expired(),
      (either) => this.#recogniser.transcribe(clip.pcm16, either),
    );
    return { text, confidence, place: 'device', encodeMs: 0, predictMs: recognisedInMs };
  }

  #expired(): SpeechError {
    return new SpeechError(
      'timeout',
      `The on-device recogniser gave no text within ${this.#deadlineMs / 1000} s; its model may still be loading. ` +
        'Send the speech again in a while.',
    );
  }
}
