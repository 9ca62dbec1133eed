import { isSpeechError, SpeechError, type SpeechErrorCode } from '../errors.ts';
import type { Clip, Prediction, Predictor } from './predictor.ts';

/** Failures of a server behind which another recogniser may still give a text; a refused key or request must be seen. */
const PASSED_ON: ReadonlySet<SpeechErrorCode> = new Set([
  'offline',
  'unreachable',
  'timeout',
  'busy',
  'server',
  'bad-answer',
]);

/** Asks one predictor, and a second when the first cannot be had. */
export class FallbackPredictor implements Predictor {
  readonly #first: Predictor;
  readonly #second: Predictor;

  constructor(first: Predictor, second: Predictor) {
    this.#first = first;
    this.#second = second;
  }

  /** @throws SpeechError with the first one's code and both messages when both fail. */
  async predict(clip: Clip, signal: AbortSignal): Promise<Prediction> {
    try {
      return await this.#first.predict(clip, signal);
    } catch (failure) {
      signal.throwIfAborted();
      if (!isSpeechError(failure) || !PASSED_ON.has(failure.code)) throw failure;
      return await this.#afterFailure(failure, clip, signal);
    }
  }

  async #afterFailure(failure: SpeechError, clip: Clip, signal: AbortSignal): Promise<Prediction> {
    try {
      return await this.#second.predict(clip, signal);
    } catch (secondFailure) {
      signal.throwIfAborted();
      if (!isSpeechError(secondFailure)) throw secondFailure;
      throw new SpeechError(failure.code, `${failure.message} ${secondFailure.message}`, { cause: secondFailure });
    }
  }
}
