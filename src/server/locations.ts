import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Packages of weights lie side by side under this scope, as the folders of a clone's `models/` do. */
const WEIGHTS_PACKAGE = '@ossicle/moonshine-tiny-en';

/** Where the built server finds what lies beside it: everything relative to the bundle in `dist/node/`. */
export interface Locations {
  /** The predict worker as a JavaScript module. */
  readonly workerUrl: URL;
  /** The speech detector's WebAssembly module. */
  readonly kernelPath: string;
  /** The built page. */
  readonly appFolder: string;
  /** One folder for each release. */
  readonly modelsFolder: string;
}

/** Where the kernel of a name lies: where it is built, or in the package, which holds it once, among the browser's files. */
export function bundledKernelPath(name: string): string {
  const built = fileURLToPath(new URL(`../kernel/${name}.wasm`, import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL(`../browser/${name}.wasm`, import.meta.url));
}

/** The locations of the bundle that this module is part of. */
export function bundledLocations(): Locations {
  const here = import.meta.url;
  return {
    workerUrl: new URL('./predict-worker.js', here),
    kernelPath: bundledKernelPath('silero-v6-fp16'),
    appFolder: fileURLToPath(new URL('../app/', here)),
    modelsFolder: bundledModelsFolder(),
  };
}

/**
 * Where a release's files lie.
 *
 * @param modelsFolder Holds one folder for each release, or is that of this release itself.
 */
export function releaseFolder(modelsFolder: string, id: string): string {
  return existsSync(join(modelsFolder, 'model.json')) ? modelsFolder : join(modelsFolder, id);
}

/** That of a clone; else of the weights' package, where it is installed. */
function bundledModelsFolder(): string {
  const cloned = fileURLToPath(new URL('../../models/', import.meta.url));
  if (existsSync(cloned)) return cloned;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`${WEIGHTS_PACKAGE}/package.json`)));
  } catch {
    // Reading a file of it will say what is missing.
    return cloned;
  }
}
