import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
    modelsFolder: fileURLToPath(new URL('../../models/', here)),
  };
}
