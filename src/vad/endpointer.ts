import { type Hz, type Ms, msToSamples, type Samples } from '../units.ts';

/** When speech begins and ends, in probabilities and silence. */
export interface EndpointerOptions {
  /** Speech probability that opens a segment, 0..1. Higher misses quiet starts; lower fires on noise. */
  readonly onset: number;
  /** Probability under which a frame is silence, 0..`onset`. */
  readonly offset: number;
  /** Speech that must be heard before a segment opens. Longer ignores clicks; too long misses short words. */
  readonly minSpeechMs: Ms;
  /** Silence after which the segment is probably over and its take is posted. */
  readonly takeMs: Ms;
  /** Silence that closes the segment; more than `takeMs`. Longer tolerates pauses; shorter answers sooner. */
  readonly hangoverMs: Ms;
}

/** Thresholds for Silero v6, whose probabilities run lower than v5's. */
export const ENDPOINTER_DEFAULTS: EndpointerOptions = {
  onset: 0.5,
  offset: 0.35,
  minSpeechMs: 64,
  takeMs: 200,
  hangoverMs: 400,
};

/**
 * Fills the gaps with {@link ENDPOINTER_DEFAULTS} and checks every field.
 *
 * @throws RangeError naming the field, its range and the value.
 */
export function resolveEndpointerOptions(options: Partial<EndpointerOptions> = {}): EndpointerOptions {
  const resolved = { ...ENDPOINTER_DEFAULTS, ...options };
  requireRange('onset', resolved.onset, 0, 1);
  requireRange('offset', resolved.offset, 0, resolved.onset);
  requireRange('minSpeechMs', resolved.minSpeechMs, 0, 2_000);
  requireRange('takeMs', resolved.takeMs, 32, 10_000);
  requireRange('hangoverMs', resolved.hangoverMs, resolved.takeMs + 32, 60_000);
  return resolved;
}

function requireRange(field: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new RangeError(`${field} must be from ${low} to ${high}, got ${value}.`);
  }
}

/** Where the endpointer stands: `onset` is speech too short to count yet, `hangover` silence too short to close. */
export type EndpointPhase = 'silence' | 'onset' | 'speech' | 'hangover';

/** How a frame's probability lies to the thresholds: under `offset`, between, or from `onset` on. */
export type FrameClass = 'silent' | 'unsure' | 'speech';

/** What one frame brought about. */
export type EndpointEvent = 'none' | 'speech-start' | 'take' | 'retract' | 'commit';

/**
 * Turns speech probabilities into the two ends of every segment: the likely one (take) and the certain one (commit).
 *
 * `silence -> onset -> speech <-> hangover -> silence`. All positions are samples of the scored stream, already moved
 * back by the scorer's latency. Allocates nothing after construction.
 */
export class Endpointer {
  readonly #onset: number;
  readonly #offset: number;
  readonly #minSpeechSamples: Samples;
  readonly #takeSamples: Samples;
  readonly #hangoverSamples: Samples;
  #phase: EndpointPhase = 'silence';
  #speechStartSample: Samples = 0;
  #silentSinceSample: Samples = 0;
  #speechSamples: Samples = 0;
  #isTaken = false;

  constructor(options: EndpointerOptions, rateHz: Hz) {
    this.#onset = options.onset;
    this.#offset = options.offset;
    this.#minSpeechSamples = msToSamples(options.minSpeechMs, rateHz);
    this.#takeSamples = msToSamples(options.takeMs, rateHz);
    this.#hangoverSamples = msToSamples(options.hangoverMs, rateHz);
  }

  get phase(): EndpointPhase {
    return this.#phase;
  }

  /** Where the speech of the open (or just closed) segment began. */
  get speechStartSample(): Samples {
    return this.#speechStartSample;
  }

  /** Where the speech of the open segment last ended; meaningful in `hangover` and right after `commit`. */
  get speechEndSample(): Samples {
    return this.#silentSinceSample;
  }

  /** True while a take of the open segment stands: posted, neither committed nor retracted. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /**
   * How a probability lies to the thresholds.
   *
   * @realtime
   * @param score Holds the frame's speech probability, 0..1, at index 0: a number handed over as such would go on the heap.
   */
  classOf(score: Float64Array): FrameClass {
    if (score[0]! >= this.#onset) return 'speech';
    return score[0]! >= this.#offset ? 'unsure' : 'silent';
  }

  /**
   * Hears one more frame.
   *
   * @realtime
   * @param heard How likely the frame is speech, as {@link Endpointer.classOf} says.
   * @param startSample Where the sound that it speaks of begins.
   * @param endSample Where it ends.
   * @param heardSample How far the stream has been heard: silence is counted up to here.
   */
  push(heard: FrameClass, startSample: Samples, endSample: Samples, heardSample: Samples): EndpointEvent {
    switch (this.#phase) {
      case 'silence':
        if (heard !== 'speech') return 'none';
        this.#speechStartSample = startSample;
        this.#speechSamples = 0;
        this.#phase = 'onset';
        return this.#hearOnset(endSample - startSample);
      case 'onset':
        if (heard !== 'silent') return this.#hearOnset(endSample - startSample);
        this.#phase = 'silence';
        return 'none';
      case 'speech':
        if (heard !== 'silent') return 'none';
        this.#silentSinceSample = startSample;
        this.#phase = 'hangover';
        return this.#hearSilence(heardSample);
      case 'hangover':
        if (heard !== 'speech') return this.#hearSilence(heardSample);
        this.#phase = 'speech';
        if (!this.#isTaken) return 'none';
        this.#isTaken = false;
        return 'retract';
    }
  }

  /** Goes on in speech with a new segment that begins here: the one before was split off. @realtime */
  splitAt(sample: Samples): void {
    this.#speechStartSample = sample;
    this.#isTaken = false;
  }

  /** Forgets the stream. @realtime */
  reset(): void {
    this.#phase = 'silence';
    this.#speechStartSample = 0;
    this.#silentSinceSample = 0;
    this.#speechSamples = 0;
    this.#isTaken = false;
  }

  #hearOnset(samples: Samples): EndpointEvent {
    this.#speechSamples += samples;
    if (this.#speechSamples < this.#minSpeechSamples) return 'none';
    this.#phase = 'speech';
    return 'speech-start';
  }

  #hearSilence(heardSample: Samples): EndpointEvent {
    const silentSamples = heardSample - this.#silentSinceSample;
    if (silentSamples >= this.#hangoverSamples && this.#isTaken) {
      this.#phase = 'silence';
      this.#isTaken = false;
      return 'commit';
    }
    if (silentSamples >= this.#takeSamples && !this.#isTaken) {
      this.#isTaken = true;
      return 'take';
    }
    return 'none';
  }
}
