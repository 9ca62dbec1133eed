import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { log } from '@ricky0123/vad-web/dist/logging.js';
import { Silero, SileroLegacy } from '@ricky0123/vad-web/dist/models/index.js';
import * as onnx from 'onnxruntime-web/wasm';
import { EnergyScorer } from '../../../src/vad/energy-scorer.ts';
import { KernelScorer } from '../../../src/vad/kernel-scorer.ts';
import { FRAME_SAMPLES, type SpeechScorer } from '../../../src/vad/speech-scorer.ts';
import { instantiateKernel } from '../../kernel-run.ts';
import type { OfflineFrameScorer } from '../../offline-frame-scorer.ts';
import { sileroOracle } from '../../silero-oracle.ts';

const ROOT = new URL('../../../', import.meta.url);
const require = createRequire(import.meta.url);

/** How a kernel's weights are stored. */
export type KernelWeights = 'fp16' | 'int8';

/** The built kernel on an instance of its own. */
export function kernelScorer(weights: KernelWeights): SpeechScorer {
  const bytes = readFileSync(new URL(`dist/kernel/silero-v6-${weights}.wasm`, ROOT));
  return new KernelScorer(instantiateKernel(new WebAssembly.Module(bytes)));
}

/** The scorers that run in the audio thread, by name. */
export const SYNCHRONOUS_SCORERS: Readonly<Record<string, () => SpeechScorer>> = {
  'kernel fp16': () => kernelScorer('fp16'),
  'kernel int8': () => kernelScorer('int8'),
  energy: () => new EnergyScorer(),
};

function modelPath(version: 'v6' | 'v5' | 'legacy'): string {
  return require.resolve(`@ricky0123/vad-web/dist/silero_vad_${version}.onnx`);
}

function setUpOnnx(): void {
  onnx.env.wasm.numThreads = 1;
  onnx.env.wasm.wasmBinary = readFileSync(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
}

/** Silero v6 as its authors ship it, on onnxruntime-web. */
export async function ortSilero(): Promise<OfflineFrameScorer> {
  setUpOnnx();
  const session = await onnx.InferenceSession.create(readFileSync(modelPath('v6')), { executionProviders: ['wasm'] });
  return {
    // The network's answer follows the sound by about one frame, whichever runtime gives it.
    latencySamples: FRAME_SAMPLES,
    score: (samples) => sileroOracle(onnx, session, samples),
    close: () => session.release(),
  };
}

/** Length of a frame of vad-web's default model. */
export const VAD_WEB_FRAME_SAMPLES = 1_536;

/**
 * vad-web's own scorer, called as vad-web calls it: its default model (Silero v4, 96 ms frames; each answer stands for three
 * frames), or v6 through its wrapper.
 */
export async function vadWebScorer(model: 'legacy' | 'v6'): Promise<OfflineFrameScorer> {
  setUpOnnx();
  // It writes to standard output, which may be JSON.
  log.debug = () => {};
  const bytes = readFileSync(modelPath(model));
  const fetcher = async (): Promise<ArrayBuffer> => new Uint8Array(bytes).buffer;
  const network = model === 'legacy' ? await SileroLegacy.new(onnx, fetcher) : await Silero.new(onnx, fetcher);
  const frameSamples = model === 'legacy' ? VAD_WEB_FRAME_SAMPLES : FRAME_SAMPLES;
  return {
    latencySamples: 0,
    score: async (samples) => {
      network.reset_state();
      const scores = new Float32Array(Math.floor(samples.length / FRAME_SAMPLES));
      for (let at = 0; at < samples.length; at += frameSamples) {
        const frame = new Float32Array(frameSamples);
        frame.set(samples.subarray(at, at + frameSamples));
        const { isSpeech } = await network.process(frame);
        scores.fill(isSpeech, at / FRAME_SAMPLES, (at + frameSamples) / FRAME_SAMPLES);
      }
      return scores;
    },
    close: () => network.release(),
  };
}

/** The scorers that answer later, by name. */
export const OFFLINE_SCORERS: Readonly<Record<string, () => Promise<OfflineFrameScorer>>> = {
  'Silero v6 on onnxruntime-web': ortSilero,
  'vad-web (its default model)': () => vadWebScorer('legacy'),
  'vad-web (v6)': () => vadWebScorer('v6'),
};
