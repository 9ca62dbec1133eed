import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelFiles, Recogniser } from '../recogniser/recogniser.ts';
import { type KernelExports, KernelScorer } from '../vad/kernel-scorer.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { ortNode } from './ort-node.ts';

/** The files of one release in its folder. */
const MODEL_FILES: Readonly<Record<keyof ModelFiles, string>> = {
  encoder: 'encoder_model.ort',
  decoder: 'decoder_model_merged.ort',
  tokenizer: 'tokenizer.bin',
};

/**
 * Loads a recogniser on one core from a release's folder.
 *
 * @throws Error naming the file that is missing and what to do.
 */
export async function loadRecogniser(releaseFolder: string): Promise<Recogniser> {
  const read = (name: string): Promise<Uint8Array> =>
    readAsset(
      join(releaseFolder, name),
      'The weights are a package of their own. Run: npm install @ossicle/moonshine-tiny-en; or name their folder with --models.',
    );
  const [encoder, decoder, tokenizer] = await Promise.all([
    read(MODEL_FILES.encoder),
    read(MODEL_FILES.decoder),
    read(MODEL_FILES.tokenizer),
  ]);
  return await Recogniser.load(ortNode({ threadCount: 1 }), { encoder, decoder, tokenizer });
}

/**
 * Loads the speech detector that the worklet runs.
 *
 * @throws Error naming the file when it is missing or no speech kernel.
 */
export async function loadScorer(kernelPath: string): Promise<SpeechScorer> {
  const bytes = await readAsset(kernelPath, 'Run "npm run build" first.');
  const { instance } = await WebAssembly.instantiate(bytes, {});
  if (!isKernel(instance.exports)) throw new Error(`${kernelPath} is no speech kernel. Run "npm run build" again.`);
  return new KernelScorer(instance.exports);
}

async function readAsset(path: string, hint: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`${path} cannot be read. ${hint}`, { cause });
  }
}

function isKernel(exports: WebAssembly.Exports): exports is WebAssembly.Exports & KernelExports {
  return ['init', 'score', 'reset'].every((name) => typeof exports[name] === 'function');
}
