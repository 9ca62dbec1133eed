import modelUrl from '@ricky0123/vad-web/dist/silero_vad_v6.onnx?url';
import runtimeUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as onnx from 'onnxruntime-web/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import fp16Url from '../../dist/kernel/silero-v6-fp16.wasm?url';
import int8Url from '../../dist/kernel/silero-v6-int8.wasm?url';
import orderUrl from '../fixtures/audio/165bced7.flac?url';
import readSpeechUrl from '../fixtures/audio/1688-142285-0003.flac?url';
import { instantiateKernel, scoreAll } from '../kernel-run.ts';
import { largestDifference, sileroOracle } from '../silero-oracle.ts';

const FEWEST_FRAMES = 250;

interface Scored {
  readonly samples: Float32Array;
  readonly expected: Float32Array;
}

let clips: Scored[] = [];

beforeAll(async () => {
  onnx.env.wasm.numThreads = 1;
  onnx.env.wasm.wasmPaths = { wasm: runtimeUrl };
  const session = await onnx.InferenceSession.create(modelUrl, { executionProviders: ['wasm'] });
  clips = [];
  for (const url of [readSpeechUrl, orderUrl]) {
    const samples = await decode(url);
    clips.push({ samples, expected: await sileroOracle(onnx, session, samples) });
  }
  await session.release();
}, 60_000);

describe.each([
  { name: 'fp16', url: fp16Url, tolerance: 1e-2 },
  { name: 'int8', url: int8Url, tolerance: 6e-2 },
])('the $name kernel in this browser', ({ url, tolerance }) => {
  it(`is within ${tolerance} of onnxruntime-web on real recordings`, async () => {
    const kernel = instantiateKernel(await WebAssembly.compileStreaming(fetch(url)));
    let frameCount = 0;
    for (const { samples, expected } of clips) {
      kernel.reset();
      frameCount += expected.length;
      expect(largestDifference(scoreAll(kernel, samples), expected)).toBeLessThanOrEqual(tolerance);
    }
    expect(frameCount).toBeGreaterThanOrEqual(FEWEST_FRAMES);
  });
});

/** Both clips have 16 kHz, so that nothing is resampled here. */
async function decode(url: string): Promise<Float32Array> {
  const encoded = await (await fetch(url)).arrayBuffer();
  const audio = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(encoded);
  return audio.getChannelData(0);
}
