import { bundledKernelPath, bundledLocations, releaseFolder } from '../server/locations.ts';
import { MOONSHINE_TINY_EN } from '../server/release.ts';

// The bundle lies in dist/node/.
const BUNDLE = new URL('./', import.meta.url);

/** The kernel that the worklet runs unless told otherwise: Silero v6, weights included. */
export const DEFAULT_KERNEL = 'silero-v6-fp16';

/** Every kernel that comes with Ossicle. */
export const KERNEL_NAMES: readonly string[] = [DEFAULT_KERNEL, 'silero-v6-int8'];

/** Where the default kernel lies. */
export const KERNEL_PATH: string = bundledKernelPath(DEFAULT_KERNEL);

/** The recogniser's weights. */
export const MODEL_FOLDER: string = releaseFolder(bundledLocations().modelsFolder, MOONSHINE_TINY_EN.id);

/** Entry of the threads of `eval`. */
export const CLIP_WORKER_URL: URL = new URL('./clip-worker.js', BUNDLE);

/** Entry of the threads of `prep`. */
export const PREP_WORKER_URL: URL = new URL('./prep-worker.js', BUNDLE);
