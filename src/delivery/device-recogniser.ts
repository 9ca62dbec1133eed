import { type Remote, releaseProxy, transfer, wrap } from 'comlink';
import { SpeechError } from '../errors.ts';
import type { RecogniserApi } from '../protocol/delivery-messages.ts';
import type { Ms } from '../units.ts';
import type { Clock } from './clock.ts';
import { unlessAborted } from './deadline.ts';

/** What the device recognised, and how long that took without the wait for its turn. */
export interface DeviceTranscription {
  readonly text: string;
  readonly confidence: number;
  readonly recognisedInMs: Ms;
}

/** The recogniser in the worker behind a port; it is given one clip at a time. */
export class DeviceRecogniser {
  readonly #recogniser: Remote<RecogniserApi>;
  readonly #clock: Clock;
  readonly #closed: AbortController = new AbortController();
  /** Resolves when all clips given so far are done with. */
  #idle: Promise<unknown> = Promise.resolve();

  /** @param port A Comlink `RecogniserApi` listens on its other end; owned from here on. */
  constructor(port: MessagePort, clock: Clock) {
    this.#recogniser = wrap<RecogniserApi>(port);
    this.#clock = clock;
  }

  /**
   * Recognises one clip after those before it, loading the model first if need be.
   *
   * @param pcm16 Mono at 16 kHz; read only, copied when its turn comes.
   * @throws SpeechError `recogniser` when the worker fails or {@link close} is called; the signal's reason when that
   *   aborts: a clip whose turn has not come is then never recognised, a running one is no longer waited for.
   */
  async transcribe(pcm16: Int16Array, signal: AbortSignal): Promise<DeviceTranscription> {
    const turn = this.#idle.then(() => this.#recognise(pcm16, signal));
    this.#idle = turn.catch(() => undefined);
    return await unlessAborted(unlessAborted(turn, this.#closed.signal), signal);
  }

  /** Lets the recogniser go; idempotent. */
  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new SpeechError('recogniser', 'The on-device recogniser was closed before it answered.'));
    this.#recogniser[releaseProxy]();
  }

  async #recognise(pcm16: Int16Array, signal: AbortSignal): Promise<DeviceTranscription> {
    this.#throwIfUnwanted(signal);
    try {
      await this.#recogniser.load();
      this.#throwIfUnwanted(signal);
      const startedAt = this.#clock.now();
      const copy = pcm16.slice();
      const { text, confidence } = await this.#recogniser.transcribe(transfer(copy, [copy.buffer]));
      return { text: text.trim(), confidence, recognisedInMs: this.#clock.now() - startedAt };
    } catch (thrown) {
      this.#throwIfUnwanted(signal);
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new SpeechError('recogniser', `The on-device recogniser failed: ${reason}`, { cause: thrown });
    }
  }

  #throwIfUnwanted(signal: AbortSignal): void {
    this.#closed.signal.throwIfAborted();
    signal.throwIfAborted();
  }
}
