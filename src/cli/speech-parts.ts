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
 * The bytes of a speech detector's WebAssembly module.
 *
 * @throws CliError when the kernel has not been built.
 */
export async function readKernel(path: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError(
      `${path}: the speech detector is missing; run "npm run build" in the clone, or install the package again.`,
      EXIT_CODES.failure,
      { cause: error },
    );
  }
}

/**
 * A speech detector on an instance of its own: the one that the worklet runs, unless another path is given.
 *
 * @throws CliError when the kernel has not been built.
 */
export async function loadScorer(path: string = KERNEL_PATH): Promise<SpeechScorer> {
  const { instance } = await WebAssembly.instantiate(await readKernel(path), {});
  if (!isKernel(instance.exports)) {
    throw new CliError(`${path}: not a speech detector; build or install Ossicle again.`, EXIT_CODES.failure);
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
