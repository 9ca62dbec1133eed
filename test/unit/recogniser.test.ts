import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalisedWords } from '../../src/evaluation/text-normaliser.ts';
import type { OrtRuntime, OrtTensor } from '../../src/recogniser/ort-runtime.ts';
import { type ModelFiles, Recogniser } from '../../src/recogniser/recogniser.ts';
import { ortWeb } from '../../src/recogniser-worker/ort-web.ts';
import { modelFiles } from '../model-files.ts';
import { silence, whiteNoise } from '../signals.ts';
import { recording } from '../transcribed-clips.ts';

/** A runtime that counts the tensors made or given out and not yet disposed. */
function counting<T extends OrtTensor>(
  runtime: OrtRuntime<T>,
): { readonly runtime: OrtRuntime<T>; readonly live: Set<T> } {
  const live = new Set<T>();
  const watch = (tensor: T): T => {
    live.add(tensor);
    const dispose = tensor.dispose.bind(tensor);
    tensor.dispose = () => {
      live.delete(tensor);
      dispose();
    };
    return tensor;
  };
  return {
    live,
    runtime: {
      float32Tensor: (values, dims) => watch(runtime.float32Tensor(values, dims)),
      int64Tensor: (values, dims) => watch(runtime.int64Tensor(values, dims)),
      boolTensor: (value) => watch(runtime.boolTensor(value)),
      createSession: async (model) => {
        const session = await runtime.createSession(model);
        return {
          inputNames: session.inputNames,
          outputNames: session.outputNames,
          release: () => session.release(),
          run: async (feeds, fetches) => {
            const outputs = await session.run(feeds, fetches);
            Object.values(outputs).forEach(watch);
            return outputs;
          },
        };
      },
    },
  };
}

const watched = counting(ortWeb({ threadCount: 1 }));
let files: ModelFiles;
let recogniser: Recogniser;

beforeAll(async () => {
  files = await modelFiles();
  recogniser = await Recogniser.load(watched.runtime, files);
});

afterAll(async () => {
  await recogniser.close();
});

describe('recognition', () => {
  it('writes clearly spoken sentences word for word', async () => {
    const spoken: readonly (readonly [string, string])[] = [
      ['3005-163389-0002.flac', 'the stillness was awful creepy and uncomfortable'],
      ['whats_the_weather_like.flac', "what's the weather like"],
      ['165bced7.flac', 'can i get a single shot small coffee with lots of brown sugar'],
    ];
    for (const [path, transcript] of spoken) {
      const { text, confidence, isRunaway } = await recogniser.transcribe(await recording(path));
      expect(normalisedWords(text, 'plain')).toEqual(normalisedWords(transcript, 'plain'));
      expect(confidence).toBeGreaterThan(0.9);
      expect(isRunaway).toBe(false);
    }
  });

  it('gives tokens that join to the text and carry the confidence', async () => {
    const recognition = await recogniser.transcribe(await recording('whats_the_weather_like.flac'));
    expect(
      recognition.tokens
        .map((token) => token.text)
        .join('')
        .trim(),
    ).toBe(recognition.text);
    // Second formula: the n-th root of the product of the probabilities.
    const product = recognition.tokens.reduce((all, token) => all * Math.exp(token.logProbability), 1);
    expect(recognition.confidence).toBeCloseTo(product ** (1 / recognition.tokens.length), 9);
    expect(recognition.audioSeconds).toBeCloseTo(2.03, 6);
  });

  it('is less sure of silence and of a hiss than of a clear sentence', async () => {
    const clear = await recogniser.transcribe(await recording('whats_the_weather_like.flac'));
    for (const samples of [silence(16_000, 3), whiteNoise(16_000, 3, -40, 5)]) {
      const { text, confidence } = await recogniser.transcribe(samples);
      expect(text === '' || confidence < clear.confidence / 2).toBe(true);
    }
  });

  it('of a clip under 56 ms is empty', async () => {
    for (const sampleCount of [0, 1, 894]) {
      expect(await recogniser.transcribe(new Float32Array(sampleCount))).toEqual({
        text: '',
        confidence: 0,
        meanLogProbability: Number.NEGATIVE_INFINITY,
        tokens: [],
        isRunaway: false,
        audioSeconds: sampleCount / 16_000,
      });
    }
  });

  it('takes any clip from 56 ms on', async () => {
    for (const sampleCount of [895, 896, 1278, 1279, 1600]) {
      const { audioSeconds, confidence } = await recogniser.transcribe(silence(16_000, sampleCount / 16_000));
      expect(audioSeconds).toBe(sampleCount / 16_000);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });

  it('refuses samples that are no finite numbers, naming the first', async () => {
    const samples = silence(16_000, 1);
    samples[7] = Number.NaN;
    await expect(recogniser.transcribe(samples)).rejects.toThrow(
      new RangeError('Sample 7 of 16000 is NaN. Give finite samples in [-1, 1].'),
    );
  });

  it('leaves the samples as they are', async () => {
    const samples = await recording('whats_the_weather_like.flac');
    const before = samples.slice();
    await recogniser.transcribe(samples);
    expect(samples).toEqual(before);
  });

  it('holds no tensor once the clip is done, was refused or aborted', async () => {
    const samples = await recording('whats_the_weather_like.flac');
    const controller = new AbortController();
    const aborted = recogniser.transcribe(samples, { signal: controller.signal });
    controller.abort();
    await expect(aborted).rejects.toBe(controller.signal.reason);
    await recogniser.transcribe(samples);
    expect(watched.live.size).toBe(0);
  });
});

describe('clips given at once', () => {
  it('are recognised one after the other, as if alone', async () => {
    const clips = await Promise.all(
      ['282d32e1.flac', 'whats_the_weather_like.flac', '3005-163389-0002.flac'].map(recording),
    );
    const alone = [];
    for (const clip of clips) alone.push(await recogniser.transcribe(clip));
    const finished: number[] = [];
    const together = await Promise.all(
      clips.map(async (clip, i) => {
        const recognition = await recogniser.transcribe(clip);
        finished.push(i);
        return recognition;
      }),
    );
    expect(together).toEqual(alone);
    expect(finished).toEqual([0, 1, 2]);
  });

  it('do not share a failure', async () => {
    const samples = await recording('whats_the_weather_like.flac');
    const [bad, good] = await Promise.allSettled([
      recogniser.transcribe(Float32Array.of(Number.POSITIVE_INFINITY)),
      recogniser.transcribe(samples),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good).toMatchObject({ status: 'fulfilled', value: { isRunaway: false } });
  });
});

describe('aborting a clip', () => {
  it('before its turn rejects with the reason and runs nothing', async () => {
    const reason = new Error('cancelled');
    const signal = AbortSignal.abort(reason);
    await expect(recogniser.transcribe(silence(16_000, 1), { signal })).rejects.toBe(reason);
  });

  it('between two decoder steps rejects with the reason and leaves the recogniser fit for the next', async () => {
    const samples = await recording('whats_the_weather_like.flac');
    const expected = await recogniser.transcribe(samples);
    const reason = new Error('spoke again');
    let looks = 0;
    // The signal is looked at before the clip and before each step: this one aborts at the third step.
    const signal = {
      get aborted() {
        looks += 1;
        return looks > 3;
      },
      reason,
    };
    await expect(recogniser.transcribe(samples, { signal })).rejects.toBe(reason);
    expect(watched.live.size).toBe(0);
    expect(await recogniser.transcribe(samples)).toEqual(expected);
  });
});

describe('loading', () => {
  it('refuses the encoder in the place of the decoder', async () => {
    await expect(Recogniser.load(ortWeb({ threadCount: 1 }), { ...files, decoder: files.encoder })).rejects.toThrow(
      "The decoder is not Moonshine's: it lacks input_ids, encoder_hidden_states, encoder_attention_mask, " +
        'use_cache_branch, logits.',
    );
  });

  it('refuses a file that is no network, with its length', async () => {
    const html = new TextEncoder().encode('<!doctype html><title>Not found</title>');
    await expect(Recogniser.load(ortWeb({ threadCount: 1 }), { ...files, encoder: html })).rejects.toThrow(
      /^The encoder \(39 bytes\) could not be loaded: /,
    );
  });

  it('refuses a tokenizer that does not fit the decoder', async () => {
    const other = Uint8Array.of(1, 0x61, 1, 0x62, 1, 0x63);
    await expect(Recogniser.load(ortWeb({ threadCount: 1 }), { ...files, tokenizer: other })).rejects.toThrow(
      'The tokenizer has 3 tokens, the decoder chooses from 32768. Use files of one model.',
    );
  });

  it('is over after close, which may be called twice', async () => {
    const short = await Recogniser.load(ortWeb({ threadCount: 1 }), files);
    await short.close();
    await short.close();
    await expect(short.transcribe(silence(16_000, 1))).rejects.toThrow('The recogniser is closed. Load a new one.');
  });
});
