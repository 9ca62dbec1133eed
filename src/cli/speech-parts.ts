import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Recogniser } from '../recogniser/recogniser.ts';
import { type KernelExports, KernelScorer } from '../vad/kernel-scorer.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { CliError, EXIT_CODES, systemCode } from './cli-error.ts';
import { KERNEL_PATH, MODEL_FOLDER } from './locations.ts';

function isKernel(exports: WebAssembly.Exports): exports is WebAssembly.Exports & KernelExports {
  return ['init', 'score', 'reset'].every((name) => typeof exports[name] === 'function');
}

/**
 * The speech detector that the worklet runs, on an instance of its own.
 *
 * @throws CliError when the kernel has not been built.
 */
export async function loadScorer(): Promise<SpeechScorer> {
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = await readFile(KERNEL_PATH);
  } catch (error) {
    throw new CliError(
      `${KERNEL_PATH}: the speech detector is missing; run "npm run build" in the clone, or install the package again.`,
      EXIT_CODES.failure,
      { cause: error },
    );
  }
  const { instance } = await WebAssembly.instantiate(bytes, {});
  if (!isKernel(instance.exports)) {
    throw new CliError(`${KERNEL_PATH}: not a speech detector; build or install Ossicle again.`, EXIT_CODES.failure);
  }
  return new KernelScorer(instance.exports);
}

async function readWeights(name: string): Promise<Uint8Array> {
  const path = join(MODEL_FOLDER, name);
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError(
      `${path}: the recogniser's weights are missing; they come with a clone of the repository, not with the package.`,
      EXIT_CODES.failure,
      { cause: error },
    );
  }
}

/**
 * The recogniser on onnxruntime's native library, one thread.
 *
 * @throws CliError when weights or library are missing.
 */
export async function loadRecogniser(): Promise<Recogniser> {
  const [encoder, decoder, tokenizer] = await Promise.all([
    readWeights('encoder_model.ort'),
    readWeights('decoder_model_merged.ort'),
    readWeights('tokenizer.bin'),
  ]);
  let ort: typeof import('../server/ort-node.ts');
  try {
    ort = await import('../server/ort-node.ts');
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError('onnxruntime-node is not installed; run "npm install onnxruntime-node".', EXIT_CODES.failure, {
      cause: error,
    });
  }
  return Recogniser.load(ort.ortNode({ threadCount: 1 }), { encoder, decoder, tokenizer });
}
