import { SpeechError } from '../errors.ts';
import { type Hz, type Seconds, samplesToSeconds, secondsToSamples } from '../units.ts';
import { meanLogProbability } from './confidence.ts';
import { type CancelSignal, decodeGreedily, throwIfCancelled } from './greedy-decoder.ts';
import { MINIMUM_ENCODER_SAMPLES, MoonshineNetwork } from './moonshine-network.ts';
import type { OrtRuntime, OrtTensor } from './ort-runtime.ts';
import { type RecogniserOptions, resolveRecogniserOptions } from './recogniser-options.ts';
import type { TokenNetwork } from './token-network.ts';
import { Tokenizer } from './tokenizer.ts';

/** Rate of the audio that the model was trained on. */
export const RECOGNISER_RATE_HZ: Hz = 16_000;

/** The model's files, as they lie in `models/moonshine-tiny-en/`. May be dropped once the recogniser is loaded. */
export interface ModelFiles {
  readonly encoder: Uint8Array;
  readonly decoder: Uint8Array;
  readonly tokenizer: Uint8Array;
}

/** One word or part of a word. */
export interface RecognisedToken {
  /** What the token adds to the text, its leading space included. */
  readonly text: string;
  /** Natural logarithm of its probability, 0 or less. */
  readonly logProbability: number;
}

/** What the recogniser heard in one clip. */
export interface Recognition {
  /** Empty when nothing was heard. Not proof of speech: on noise the model may write a word or two. */
  readonly text: string;
  /** exp({@link meanLogProbability}), 0..1; 0 when there is no token. */
  readonly confidence: number;
  /** Mean over {@link tokens}; -Infinity when there is none. */
  readonly meanLogProbability: number;
  readonly tokens: readonly RecognisedToken[];
  /** True when the decoder ran away and its tail was cut: what is left is unreliable. */
  readonly isRunaway: boolean;
  readonly audioSeconds: Seconds;
}

/** Tokens of the longest answer that a model gives to silence; longer texts were said by somebody. */
const LONGEST_ANSWER_TO_SILENCE = 3;

/**
 * Speech to text on one clip at a time.
 *
 * Calls of {@link transcribe} on one instance wait for each other, in order; for more at once, load more instances.
 * A pure function of the clip and the runtime: nothing is carried from clip to clip.
 */
export class Recogniser {
  readonly #network: TokenNetwork;
  readonly #tokenizer: Tokenizer;
  readonly #options: RecogniserOptions;
  #answerToSilence: string | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(network: TokenNetwork, tokenizer: Tokenizer, options: RecogniserOptions) {
    this.#network = network;
    this.#tokenizer = tokenizer;
    this.#options = options;
  }

  /**
   * Loads the model.
   *
   * @throws SpeechError `recogniser` for corrupt or unfit files; RangeError for options out of range.
   */
  static async load<T extends OrtTensor>(
    runtime: OrtRuntime<T>,
    files: ModelFiles,
    options?: Partial<RecogniserOptions>,
  ): Promise<Recogniser> {
    const resolved = resolveRecogniserOptions(options);
    const tokenizer = Tokenizer.parse(files.tokenizer);
    const network = await MoonshineNetwork.load(runtime, files.encoder, files.decoder);
    try {
      await requireMatch(network, tokenizer);
    } catch (error) {
      await network.close();
      throw error;
    }
    return new Recogniser(network, tokenizer, resolved);
  }

  /**
   * Recognises one clip of speech.
   *
   * A clip too short for the model (under 56 ms) holds no word and gives an empty recognition. Up to 30 s is what the
   * model was made for; longer clips work but cost ever more memory and time a second: split them before.
   *
   * @param samples Mono at {@link RECOGNISER_RATE_HZ}, [-1, 1]; must not change until the promise settles, not kept.
   * @throws RangeError for samples that are not finite; the signal's reason when aborted before a decoder step;
   *   SpeechError `recogniser` when the model fails or the instance is closed.
   */
  async transcribe(samples: Float32Array, options: { readonly signal?: CancelSignal } = {}): Promise<Recognition> {
    if (this.#closing) throw new SpeechError('recogniser', 'The recogniser is closed. Load a new one.');
    const turn = this.#last.then(() => this.#transcribe(samples, options.signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Waits for the clips under way and frees the model. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => this.#network.close());
    return this.#closing;
  }

  async #transcribe(samples: Float32Array, signal: CancelSignal | undefined): Promise<Recognition> {
    throwIfCancelled(signal);
    requireFinite(samples);
    const audioSeconds = samplesToSeconds(samples.length, RECOGNISER_RATE_HZ);
    if (samples.length < MINIMUM_ENCODER_SAMPLES) return this.#recognition([], [], false, audioSeconds);
    const padded = this.#padded(samples);
    const recognition = await this.#decode(padded, audioSeconds, signal);
    if (padded === samples || recognition.tokens.length > LONGEST_ANSWER_TO_SILENCE) return recognition;
    // The model has a word for silence ("You"). Noise with zeros behind it brings that word with much confidence, and
    // without them with little, so that the unpadded clip tells whether somebody said it.
    this.#answerToSilence ??= (await this.#decode(new Float32Array(padded.length), audioSeconds, signal)).text;
    return recognition.text === this.#answerToSilence ? this.#decode(samples, audioSeconds, signal) : recognition;
  }

  async #decode(samples: Float32Array, audioSeconds: Seconds, signal: CancelSignal | undefined): Promise<Recognition> {
    const stream = await this.#network.open(samples);
    try {
      const decoded = await decodeGreedily(this.#network, stream, audioSeconds, this.#options, signal);
      return this.#recognition(decoded.tokenIds, decoded.logProbabilities, decoded.isRunaway, audioSeconds);
    } finally {
      stream.close();
    }
  }

  /** The clip, with zeros behind it where it is shorter than the model was made for. */
  #padded(samples: Float32Array): Float32Array {
    const shortest = secondsToSamples(this.#options.shortestClipSeconds, RECOGNISER_RATE_HZ);
    if (samples.length >= shortest) return samples;
    const padded = new Float32Array(shortest);
    padded.set(samples);
    return padded;
  }

  #recognition(
    tokenIds: readonly number[],
    logProbabilities: readonly number[],
    isRunaway: boolean,
    audioSeconds: Seconds,
  ): Recognition {
    const pieces = this.#tokenizer.decode(tokenIds);
    const mean = meanLogProbability(logProbabilities);
    return {
      text: pieces.join('').trim(),
      confidence: Math.exp(mean),
      meanLogProbability: mean,
      tokens: pieces.map((text, i) => ({ text, logProbability: logProbabilities[i]! })),
      isRunaway,
      audioSeconds,
    };
  }
}

/** One step on the shortest clip: tells whether the files belong together before any speech depends on it. */
async function requireMatch(network: TokenNetwork, tokenizer: Tokenizer): Promise<void> {
  const stream = await network.open(new Float32Array(MINIMUM_ENCODER_SAMPLES));
  try {
    const { length } = await stream.next(network.startTokenId);
    if (length !== tokenizer.tokenCount) {
      throw new SpeechError(
        'recogniser',
        `The tokenizer has ${tokenizer.tokenCount} tokens, the decoder chooses from ${length}. Use files of one model.`,
      );
    }
  } finally {
    stream.close();
  }
}

function requireFinite(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (!Number.isFinite(sample)) {
      throw new RangeError(`Sample ${i} of ${samples.length} is ${sample}. Give finite samples in [-1, 1].`);
    }
  }
}
