import { type Hz, type Ms, msToSamples, type Samples } from '../units.ts';

/** When speech begins and ends, in probabilities and silence. */
export interface EndpointerOptions {
  /** Speech probability that opens a segment, 0..1. Higher misses quiet starts; lower fires on noise. */
  readonly onset: number;
  /** Probability under which a frame is silence, 0..`onset`. */
  readonly offset: number;
  /** Speech that must be heard before a segment opens. Longer ignores clicks; too long misses short words. */
  readonly minSpeechMs: Ms;
  /**
   * Evidence of speech that must add up before a segment opens, in nats: each frame counts the logarithm of its odds over
   * those of `onset`, at most 3 either way. More ignores what is hardly like speech; too much misses short words.
   */
  readonly onsetEvidence: number;
  /**
   * The same for sound that does not stand out of the background; `onsetEvidence` or more. More ignores music; too much
   * misses short words in noise.
   */
  readonly faintOnsetEvidence: number;
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
  onsetEvidence: 0.4,
  faintOnsetEvidence: 14,
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
  requireRange('onsetEvidence', resolved.onsetEvidence, 0, 100);
  requireRange('faintOnsetEvidence', resolved.faintOnsetEvidence, resolved.onsetEvidence, 100);
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

/** No single frame decides, however sure the scorer is of it. Nats. */
const MOST_FRAME_EVIDENCE = 3;
/** Evidence is counted in whole numbers: they never go on the heap. */
const STEPS_PER_NAT = 1_000;
const STEPS_PER_PROBABILITY = 1_000;

function logOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** Log-odds of each probability over those of `onset`, bounded, in steps. */
function frameEvidence(onset: number): Int16Array {
  return Int16Array.from({ length: STEPS_PER_PROBABILITY + 1 }, (_, i) => {
    const nats = logOdds(i / STEPS_PER_PROBABILITY) - logOdds(Math.max(1e-4, Math.min(1 - 1e-4, onset)));
    return Math.round(Math.max(-MOST_FRAME_EVIDENCE, Math.min(MOST_FRAME_EVIDENCE, nats)) * STEPS_PER_NAT);
  });
}

/**
 * Turns speech probabilities into the two ends of every segment: the likely one (take) and the certain one (commit).
 *
 * `silence -> onset -> speech <-> hangover -> silence`. All positions are samples of the scored stream, already moved
 * back by the scorer's latency. Allocates nothing after construction.
 */
export class Endpointer {
  readonly #onset: number;
  /** What a frame of each probability adds to the evidence, in thousandths of a nat. */
  readonly #frameEvidence: Int16Array;
  readonly #offset: number;
  readonly #minSpeechSamples: Samples;
  readonly #takeSamples: Samples;
  readonly #hangoverSamples: Samples;
  readonly #onsetEvidence: number;
  readonly #faintOnsetEvidence: number;
  #phase: EndpointPhase = 'silence';
  #speechStartSample: Samples = 0;
  #silentSinceSample: Samples = 0;
  #speechSamples: Samples = 0;
  #standsOut = false;
  #evidence = 0;
  #isTaken = false;

  constructor(options: EndpointerOptions, rateHz: Hz) {
    this.#onset = options.onset;
    this.#frameEvidence = frameEvidence(options.onset);
    this.#offset = options.offset;
    this.#minSpeechSamples = msToSamples(options.minSpeechMs, rateHz);
    this.#takeSamples = msToSamples(options.takeMs, rateHz);
    this.#hangoverSamples = msToSamples(options.hangoverMs, rateHz);
    this.#onsetEvidence = Math.round(options.onsetEvidence * STEPS_PER_NAT);
    this.#faintOnsetEvidence = Math.round(options.faintOnsetEvidence * STEPS_PER_NAT);
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
   * @param score Holds the frame's speech probability, 0..1, at index 0; read only.
   * @param startSample Where the sound that it speaks of begins.
   * @param endSample Where it ends.
   * @param heardSample How far the stream has been heard: silence is counted up to here.
   * @param standsOut Whether the frame stands out of the background: one such frame spares an onset `faintOnsetEvidence`.
   */
  push(
    score: Float64Array,
    startSample: Samples,
    endSample: Samples,
    heardSample: Samples,
    standsOut: boolean = true,
  ): EndpointEvent {
    const heard = this.classOf(score);
    switch (this.#phase) {
      case 'silence':
        if (heard !== 'speech') return 'none';
        this.#speechStartSample = startSample;
        this.#speechSamples = 0;
        this.#evidence = 0;
        this.#standsOut = false;
        this.#phase = 'onset';
        return this.#hearOnset(score, endSample - startSample, standsOut);
      case 'onset':
        return this.#hearOnset(score, endSample - startSample, standsOut);
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

  /** Wald's sequential test, one-sided: an onset is given up as soon as the evidence speaks against it. */
  #hearOnset(score: Float64Array, samples: Samples, standsOut: boolean): EndpointEvent {
    this.#speechSamples += samples;
    this.#standsOut ||= standsOut;
    this.#evidence += this.#frameEvidence[(score[0]! * STEPS_PER_PROBABILITY + 0.5) | 0]!;
    if (this.#evidence < 0) {
      this.#phase = 'silence';
      return 'none';
    }
    const needed = this.#standsOut ? this.#onsetEvidence : this.#faintOnsetEvidence;
    if (this.#speechSamples < this.#minSpeechSamples || this.#evidence < needed) return 'none';
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
