import { SpeechError } from '../errors.ts';
import type { Samples } from '../units.ts';
import type { OrtRuntime, OrtSession, OrtTensor } from './ort-runtime.ts';
import type { TokenNetwork, TokenStream } from './token-network.ts';

/**
 * Shortest clip that the encoder takes: the reach of its three convolutions (kernels 127, 7, 3; strides 64, 3, 2).
 *
 * Source: 127 + 64 x ((7 - 1) + 3 x (3 - 1)); one sample less is refused by the runtime.
 */
export const MINIMUM_ENCODER_SAMPLES: Samples = 895;

/** Heads and their width in Moonshine Tiny's attention: the shape of the empty caches of the first step. */
const EMPTY_CACHE_DIMS: readonly number[] = [0, 8, 1, 36];

const ENCODER_INPUTS = ['input_values', 'attention_mask'] as const;
const HIDDEN_STATE = 'last_hidden_state';
const LOGITS = 'logits';
const PAST = 'past_key_values.';
const PRESENT = 'present.';
const DECODER_INPUTS = ['input_ids', 'encoder_hidden_states', 'encoder_attention_mask', 'use_cache_branch'] as const;

/** Moonshine's two networks: the encoder reads the whole clip, the decoder writes one token a step. */
export class MoonshineNetwork<T extends OrtTensor> implements TokenNetwork {
  readonly startTokenId = 1;
  readonly endTokenId = 2;
  readonly #runtime: OrtRuntime<T>;
  readonly #encoder: OrtSession<T>;
  readonly #decoder: OrtSession<T>;

  private constructor(runtime: OrtRuntime<T>, encoder: OrtSession<T>, decoder: OrtSession<T>) {
    this.#runtime = runtime;
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /**
   * Loads both networks.
   *
   * @param encoder Bytes of `encoder_model.ort`; not kept.
   * @param decoder Bytes of `decoder_model_merged.ort`; not kept.
   * @throws SpeechError `recogniser` when a file is no network or another one than expected.
   */
  static async load<T extends OrtTensor>(
    runtime: OrtRuntime<T>,
    encoder: Uint8Array,
    decoder: Uint8Array,
  ): Promise<MoonshineNetwork<T>> {
    const encoderSession = await openSession(runtime, 'encoder', encoder, ENCODER_INPUTS, [HIDDEN_STATE]);
    try {
      const decoderSession = await openSession(runtime, 'decoder', decoder, DECODER_INPUTS, [LOGITS]);
      return new MoonshineNetwork(runtime, encoderSession, decoderSession);
    } catch (error) {
      await encoderSession.release();
      throw error;
    }
  }

  /** @param samples At least {@link MINIMUM_ENCODER_SAMPLES}. */
  async open(samples: Float32Array): Promise<TokenStream> {
    const dims = [1, samples.length];
    const mask = this.#runtime.int64Tensor(new BigInt64Array(samples.length).fill(1n), dims);
    const input = this.#runtime.float32Tensor(samples, dims);
    try {
      const outputs = await this.#encoder.run({ input_values: input, attention_mask: mask }, [HIDDEN_STATE]);
      return new MoonshineStream(this.#runtime, this.#decoder, mask, tensorOf(outputs, HIDDEN_STATE));
    } catch (error) {
      mask.dispose();
      throw error;
    } finally {
      input.dispose();
    }
  }

  async close(): Promise<void> {
    await this.#encoder.release();
    await this.#decoder.release();
  }
}

/** One clip in the decoder. Keys and values of what was written grow each step; those of the audio stay as they are. */
class MoonshineStream<T extends OrtTensor> implements TokenStream {
  readonly #runtime: OrtRuntime<T>;
  readonly #decoder: OrtSession<T>;
  /** Encoder output and mask: the same at every step. */
  readonly #audio: Readonly<Record<string, T>>;
  /** Attention caches by input name. */
  readonly #caches = new Map<string, T>();
  readonly #cacheOutputs: readonly string[];
  #logits: T | undefined;
  #isFirst = true;

  constructor(runtime: OrtRuntime<T>, decoder: OrtSession<T>, mask: T, hiddenState: T) {
    this.#runtime = runtime;
    this.#decoder = decoder;
    // The mask counts samples: the decoder thins it out to the encoder's steps itself.
    this.#audio = { encoder_hidden_states: hiddenState, encoder_attention_mask: mask };
    this.#cacheOutputs = decoder.outputNames.filter((name) => name.startsWith(PRESENT));
    for (const name of decoder.inputNames) {
      if (name.startsWith(PAST)) this.#caches.set(name, runtime.float32Tensor(new Float32Array(0), EMPTY_CACHE_DIMS));
    }
  }

  async next(tokenId: number): Promise<Float32Array> {
    // With the cache in use the audio's keys and values are those of the first step: what comes out anew is void.
    const renewed = this.#isFirst
      ? this.#cacheOutputs
      : this.#cacheOutputs.filter((name) => name.includes('.decoder.'));
    const token = this.#runtime.int64Tensor(BigInt64Array.of(BigInt(tokenId)), [1, 1]);
    const useCache = this.#runtime.boolTensor(!this.#isFirst);
    try {
      const outputs = await this.#decoder.run(
        { ...this.#audio, ...Object.fromEntries(this.#caches), input_ids: token, use_cache_branch: useCache },
        [LOGITS, ...renewed],
      );
      this.#logits?.dispose();
      this.#logits = tensorOf(outputs, LOGITS);
      for (const name of renewed) {
        const input = name.replace(PRESENT, PAST);
        this.#caches.get(input)?.dispose();
        this.#caches.set(input, tensorOf(outputs, name));
      }
      this.#isFirst = false;
    } finally {
      token.dispose();
      useCache.dispose();
    }
    const logits = this.#logits.data;
    if (!(logits instanceof Float32Array)) throw new SpeechError('recogniser', 'The decoder wrote no float32 logits.');
    return logits;
  }

  close(): void {
    for (const tensor of this.#caches.values()) tensor.dispose();
    this.#caches.clear();
    for (const tensor of Object.values(this.#audio)) tensor.dispose();
    this.#logits?.dispose();
    this.#logits = undefined;
  }
}

async function openSession<T extends OrtTensor>(
  runtime: OrtRuntime<T>,
  role: 'encoder' | 'decoder',
  bytes: Uint8Array,
  inputs: readonly string[],
  outputs: readonly string[],
): Promise<OrtSession<T>> {
  let session: OrtSession<T>;
  try {
    session = await runtime.createSession(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SpeechError('recogniser', `The ${role} (${bytes.length} bytes) could not be loaded: ${why}`, {
      cause: error,
    });
  }
  const missing = [
    ...inputs.filter((name) => !session.inputNames.includes(name)),
    ...outputs.filter((name) => !session.outputNames.includes(name)),
  ];
  if (missing.length > 0) {
    await session.release();
    throw new SpeechError('recogniser', `The ${role} is not Moonshine's: it lacks ${missing.join(', ')}.`);
  }
  return session;
}

function tensorOf<T extends OrtTensor>(outputs: Readonly<Record<string, T>>, name: string): T {
  const tensor = outputs[name];
  if (tensor === undefined) throw new SpeechError('recogniser', `The model gave no output "${name}".`);
  return tensor;
}
