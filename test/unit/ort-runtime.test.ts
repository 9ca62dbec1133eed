import { describe, expect, it } from 'vitest';
import { editDistance } from '../../src/evaluation/alignment.ts';
import { normalisedWords } from '../../src/evaluation/text-normaliser.ts';
import { Recogniser } from '../../src/recogniser/recogniser.ts';
import { ortWeb } from '../../src/recogniser-worker/ort-web.ts';
import { ortNode } from '../../src/server/ort-node.ts';
import { describeOrtRuntime } from '../contracts/ort-runtime.ts';
import { modelFiles } from '../model-files.ts';
import { transcribedClips } from '../transcribed-clips.ts';

describeOrtRuntime('onnxruntime-web', () => ortWeb({ threadCount: 1 }));
describeOrtRuntime('onnxruntime-node', () => ortNode());

describe('the native and the WebAssembly runtime', () => {
  it('differ in at most one word of twenty', async () => {
    const files = await modelFiles();
    const native = await Recogniser.load(ortNode(), files);
    const wasm = await Recogniser.load(ortWeb({ threadCount: 1 }), files);
    let editCount = 0;
    let wordCount = 0;
    // Every clip is recognised twice: two thirds of them are enough.
    for (const { samples } of (await transcribedClips()).slice(0, 8)) {
      const [one, other] = await Promise.all([native.transcribe(samples), wasm.transcribe(samples)]);
      const words = normalisedWords(one.text, 'english');
      editCount += editDistance(words, normalisedWords(other.text, 'english'));
      wordCount += words.length;
    }
    await Promise.all([native.close(), wasm.close()]);
    expect(wordCount).toBeGreaterThan(60);
    expect(editCount / wordCount).toBeLessThanOrEqual(0.05);
  }, 120_000);
});
