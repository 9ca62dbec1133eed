import { readFile } from 'node:fs/promises';
import type { ModelFiles } from '../src/recogniser/recogniser.ts';

/** Folder of the recogniser's model in this repository. */
export const MODEL_FOLDER: URL = new URL('../models/moonshine-tiny-en/', import.meta.url);

/** The recogniser's model, read from this repository. */
export async function modelFiles(): Promise<ModelFiles> {
  return {
    encoder: await readFile(new URL('encoder_model.ort', MODEL_FOLDER)),
    decoder: await readFile(new URL('decoder_model_merged.ort', MODEL_FOLDER)),
    tokenizer: await readFile(new URL('tokenizer.bin', MODEL_FOLDER)),
  };
}
