import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledLocations } from '../server/locations.ts';
import { MOONSHINE_TINY_EN } from '../server/release.ts';

// The bundle lies in dist/node/, beside dist/kernel/.
const BUNDLE = new URL('./', import.meta.url);

/** Silero v6 as WebAssembly, weights included. */
export const KERNEL_PATH: string = fileURLToPath(new URL('../kernel/silero-v6-fp16.wasm', BUNDLE));

/** The recogniser's weights. */
export const MODEL_FOLDER: string = join(bundledLocations().modelsFolder, MOONSHINE_TINY_EN.id);

/** Entry of the threads of `eval`. */
export const CLIP_WORKER_URL: URL = new URL('./clip-worker.js', BUNDLE);
