import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countClipErrors, pooledWordErrorRate } from '../../src/evaluation/word-error-rate.ts';
import type { OrtRuntime, OrtSession, OrtTensor } from '../../src/recogniser/ort-runtime.ts';
import { type ModelFiles, Recogniser } from '../../src/recogniser/recogniser.ts';
import { modelFiles } from '../model-files.ts';
import { transcribedClips } from '../transcribed-clips.ts';

/**
 * Most words that may be wrong, as a fraction: the higher of the rates measured on 60 LibriSpeech sentences (10.3 %)
 * and on 150 spoken orders (12.2 %), the two sets that most of the clips come from.
 */
const MAXIMUM_WORD_ERROR_RATE = 0.122;

/** What every implementation of {@link OrtRuntime} must do with the recogniser's model. */
export function describeOrtRuntime<T extends OrtTensor>(name: string, make: () => OrtRuntime<T>): void {
  describe(`${name} as the recogniser's runtime`, () => {
    let runtime: OrtRuntime<T>;
    let files: ModelFiles;
    let encoder: OrtSession<T>;

    beforeAll(async () => {
      runtime = make();
      files = await modelFiles();
      encoder = await runtime.createSession(files.encoder);
    });

    afterAll(async () => {
      await encoder.release();
    });

    function encode(sampleCount: number): Promise<Readonly<Record<string, T>>> {
      const dims = [1, sampleCount];
      const feeds = {
        input_values: runtime.float32Tensor(new Float32Array(sampleCount), dims),
        attention_mask: runtime.int64Tensor(new BigInt64Array(sampleCount).fill(1n), dims),
      };
      return encoder.run(feeds, ['last_hidden_state']);
    }

    it('names the inputs and outputs of a network', async () => {
      expect([...encoder.inputNames].sort()).toEqual(['attention_mask', 'input_values']);
      expect(encoder.outputNames).toEqual(['last_hidden_state']);
    });

    it('gives as many steps as the convolutions of the encoder make of the samples', async () => {
      for (const sampleCount of [895, 1278, 1279, 4000, 16_000]) {
        // Three convolutions without padding: (kernel, stride) of (127, 64), (7, 3), (3, 2).
        const first = Math.floor((sampleCount - 127) / 64) + 1;
        const second = Math.floor((first - 7) / 3) + 1;
        const third = Math.floor((second - 3) / 2) + 1;
        const { last_hidden_state: hidden } = await encode(sampleCount);
        expect(hidden?.dims, `${sampleCount} samples`).toEqual([1, third, 288]);
        expect(hidden?.data).toBeInstanceOf(Float32Array);
        hidden?.dispose();
      }
    });

    it('refuses a clip shorter than the reach of the convolutions', async () => {
      await expect(encode(894)).rejects.toThrow(/Invalid input shape/);
    });

    it('gives only the outputs asked for', async () => {
      const decoder = await runtime.createSession(files.decoder);
      const { last_hidden_state: hidden } = await encode(4000);
      const feeds: Record<string, T> = {
        input_ids: runtime.int64Tensor(BigInt64Array.of(1n), [1, 1]),
        encoder_attention_mask: runtime.int64Tensor(new BigInt64Array(4000).fill(1n), [1, 4000]),
        use_cache_branch: runtime.boolTensor(false),
      };
      if (hidden) feeds['encoder_hidden_states'] = hidden;
      for (const input of decoder.inputNames) {
        if (input.startsWith('past')) feeds[input] = runtime.float32Tensor(new Float32Array(0), [0, 8, 1, 36]);
      }
      const outputs = await decoder.run(feeds, ['logits', 'present.0.decoder.key']);
      await decoder.release();
      expect(Object.keys(outputs).sort()).toEqual(['logits', 'present.0.decoder.key']);
      expect(outputs['logits']?.dims).toEqual([1, 1, 32_768]);
    });

    it('refuses bytes that are no network', async () => {
      await expect(runtime.createSession(new Uint8Array(1000))).rejects.toThrow();
    });

    it('hears real speech no worse than the model does at large, the same each time', async () => {
      const recogniser = await Recogniser.load(runtime, files);
      const clips = await transcribedClips();
      const errors = [];
      for (const clip of clips) {
        const { text } = await recogniser.transcribe(clip.samples);
        errors.push(countClipErrors(clip.transcript, text, 'english'));
      }
      const first = clips[0]!.samples;
      expect(await recogniser.transcribe(first)).toEqual(await recogniser.transcribe(first));
      await recogniser.close();
      expect(pooledWordErrorRate(errors)).toBeLessThanOrEqual(MAXIMUM_WORD_ERROR_RATE);
    }, 120_000);
  });
}
